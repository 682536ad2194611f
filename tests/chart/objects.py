"""Helpers to read rendered objects."""

import base64


def of_kind(documents, kind):
    """Return the objects of a kind by name."""
    return {d["metadata"]["name"]: d for d in documents if d["kind"] == kind}


def pods(documents):
    """Return the labels and spec of every pod, by kind and name of its object."""
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
    """Return all containers of a pod, including init containers."""
    return [*spec.get("initContainers", []), *spec["containers"]]


def secret(document):
    """Return the decoded values of a Secret."""
    return {
        name: base64.b64decode(value).decode()
        for name, value in document["data"].items()
    }
