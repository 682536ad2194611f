"""Ways to look at rendered documents."""

import base64


def of_kind(documents, kind):
    """Return the documents of a kind by name."""
    return {d["metadata"]["name"]: d for d in documents if d["kind"] == kind}


def pods(documents):
    """Return every pod's labels and spec by its document's kind and name."""
    found = {}
    for document in documents:
        name = f"{document['kind']} {document['metadata']['name']}"
        if document["kind"] == "Pod":
            found[name] = (document["metadata"]["labels"], document["spec"])
        elif "template" in document.get("spec", {}) and "containers" in (
            spec := document["spec"]["template"]["spec"]
        ):
            found[name] = (document["spec"]["template"]["metadata"]["labels"], spec)
    return found


def containers(spec):
    """Return all containers of a pod, those that run first among them."""
    return [*spec.get("initContainers", []), *spec["containers"]]


def secret(document):
    """Return a Secret's values as texts."""
    return {
        name: base64.b64decode(value).decode()
        for name, value in document["data"].items()
    }
