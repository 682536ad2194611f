"""Schema of skaffold.yaml (v4beta14), limited to the fields that we use."""

from chart.crds import COUNT, TEXT, fields, one_of, some

FLAG = {"type": "boolean"}
WORDS = {"type": "object", "additionalProperties": TEXT}
SECRET = fields({"id": TEXT, "src": TEXT})
RULE = fields({"src": TEXT, "dest": {"type": "string", "pattern": "^/"}}, strip=TEXT)
ARTIFACT = fields(
    {
        "image": TEXT,
        "docker": fields(
            {"dockerfile": TEXT, "buildArgs": WORDS},
            secrets=some(SECRET),
            network=TEXT,
        ),
    },
    sync=fields({"manual": some(RULE)}),
)
LOCAL = fields({"useBuildkit": FLAG}, push=FLAG)
BUILD = fields(
    {"local": LOCAL},
    artifacts={"type": "array", "items": ARTIFACT},
    tagPolicy=fields({"gitCommit": fields({})}),
)
RELEASE = fields(
    {
        "name": TEXT,
        "namespace": TEXT,
        "chartPath": TEXT,
        "valuesFiles": some(TEXT),
        "setValueTemplates": WORDS,
    },
    setValues={"type": "object"},
    skipBuildDependencies=FLAG,
)
DEPLOY = fields(
    {},
    kubectl=fields({}),
    statusCheckDeadlineSeconds=COUNT,
    helm=fields({"releases": some(RELEASE)}),
)
FORWARD = fields(
    {
        "resourceType": one_of("service"),
        "resourceName": TEXT,
        "namespace": TEXT,
        "port": COUNT,
        "localPort": COUNT,
    }
)
PATCH = fields(
    {
        "op": one_of("add", "replace", "remove"),
        "path": {"type": "string", "pattern": "^/"},
    },
    value={},
)
PROFILE = fields(
    {"name": TEXT, "patches": some(PATCH)},
    activation=some(fields({"command": TEXT})),
    build=BUILD,
)
CONFIG = fields(
    {
        "apiVersion": one_of("skaffold/v4beta14"),
        "kind": one_of("Config"),
        "metadata": fields({"name": TEXT}),
        "build": BUILD,
        "deploy": DEPLOY,
        "portForward": {"type": "array", "items": FORWARD},
        "profiles": some(PROFILE),
    },
    requires=some(fields({"configs": some(TEXT)})),
    manifests=fields({"kustomize": fields({"paths": some(TEXT)})}),
)
