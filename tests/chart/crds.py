"""Schemas of the custom resources, limited to the fields that the chart uses."""

TEXT = {"type": "string", "minLength": 1}
COUNT = {"type": "integer", "minimum": 0}
TIME = {"type": "string", "pattern": "^[0-9]+(ms|s|m|h)$"}
WORDS = {"type": "object", "additionalProperties": TEXT}


def fields(required, **optional):
    """Return the schema of an object without unknown fields."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {**required, **optional},
    }


def some(item):
    """Return the schema of a non-empty list."""
    return {"type": "array", "minItems": 1, "items": item}


def one_of(*words):
    """Return the schema of an enum."""
    return {"enum": list(words)}


HTTP_ROUTE = fields(
    {
        "parentRefs": some(fields({"name": TEXT}, namespace=TEXT, sectionName=TEXT)),
        "hostnames": some(TEXT),
        "rules": some(
            fields(
                {
                    "matches": some(
                        fields(
                            {
                                "path": fields(
                                    {
                                        "type": one_of("Exact", "PathPrefix"),
                                        "value": {"type": "string", "pattern": "^/"},
                                    }
                                )
                            }
                        )
                    )
                },
                backendRefs=some(fields({"name": TEXT, "port": COUNT})),
            )
        ),
    }
)
SERVICE_MONITOR = fields(
    {
        "selector": fields({"matchLabels": WORDS}),
        "endpoints": some(fields({"port": TEXT, "path": TEXT, "interval": TIME})),
    }
)
# KEDA accepts only strings in the metadata of a trigger.
SCALED_OBJECT = fields(
    {
        "scaleTargetRef": fields({"name": TEXT}),
        "minReplicaCount": COUNT,
        "maxReplicaCount": COUNT,
        "triggers": some(
            fields(
                {
                    "type": one_of("aws-sqs-queue"),
                    "authenticationRef": fields({"name": TEXT}),
                    "metadata": fields(
                        {"queueURL": TEXT, "queueLength": TEXT, "awsRegion": TEXT},
                        awsEndpoint=TEXT,
                    ),
                }
            )
        ),
    }
)
SECRET_TARGET = fields(
    {
        "parameter": one_of("awsAccessKeyID", "awsSecretAccessKey"),
        "name": TEXT,
        "key": TEXT,
    }
)
TRIGGER_AUTHENTICATION = {
    "oneOf": [
        fields({"podIdentity": fields({"provider": one_of("aws")})}),
        fields({"secretTargetRef": some(SECRET_TARGET)}),
    ]
}
EXTERNAL_SECRET = fields(
    {
        "refreshInterval": TIME,
        "secretStoreRef": fields(
            {"name": TEXT, "kind": one_of("SecretStore", "ClusterSecretStore")}
        ),
        "target": fields({"name": TEXT}),
        "dataFrom": some(fields({"extract": fields({"key": TEXT})})),
    }
)
CRDS = {
    ("gateway.networking.k8s.io/v1", "HTTPRoute"): HTTP_ROUTE,
    ("monitoring.coreos.com/v1", "ServiceMonitor"): SERVICE_MONITOR,
    ("keda.sh/v1alpha1", "ScaledObject"): SCALED_OBJECT,
    ("keda.sh/v1alpha1", "TriggerAuthentication"): TRIGGER_AUTHENTICATION,
    ("external-secrets.io/v1", "ExternalSecret"): EXTERNAL_SECRET,
}
