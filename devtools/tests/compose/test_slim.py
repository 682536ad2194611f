"""What `docker/slim` takes out of an image leaves what AWS needs."""

import shutil
import subprocess
import sys
from pathlib import Path

import boto3
import botocore

from devtools.layout import ROOT

CALL = "import boto3; boto3.client('sqs').list_queues()"
NOWHERE = "http://127.0.0.1:9"
ROLE = {
    "AWS_REGION": "ap-south-1",
    "AWS_DEFAULT_REGION": "ap-south-1",
    "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/order-svc",
    "AWS_ENDPOINT_URL": NOWHERE,
    "AWS_MAX_ATTEMPTS": "1",
    "no_proxy": "*",
}


def all_but(*kept):
    """Return what copies of all services' data only these; the others are empty."""

    def ignore(folder, names):
        service = Path(folder)
        is_other = service.parent.name == "data" and service.name not in kept
        return names if is_other else []

    return ignore


def test_a_role_of_a_service_account_still_opens_the_queues(tmp_path):
    for package in (boto3, botocore):
        source = Path(package.__file__).parent
        target = tmp_path / source.name
        shutil.copytree(source, target, ignore=all_but("sqs", "sts", "s3"))
    (tmp_path / "token").write_text("the cluster's word for who we are")

    subprocess.run(["sh", ROOT / "docker" / "slim", tmp_path], check=True)
    role = {**ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token")}
    called = subprocess.run(
        [sys.executable, "-c", CALL],
        env={**role, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    # It asks STS for the role's keys: with nobody there, that is where it ends.
    assert f'Could not connect to the endpoint URL: "{NOWHERE}/"' in called.stderr
    data = (tmp_path / "botocore" / "data").iterdir()
    assert {path.name for path in data if path.is_dir()} == {"sqs", "sts"}
