"""The Helm chart: what it makes of five sets of values, and what it refuses."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

import hitsvc
from hitsvc.settings import Settings, variable
from scripts import chart_readme, manifests
from tests.support.kubernetes import (
    CHART,
    ROOT,
    Object,
    Schemas,
    objects,
    of_kind,
    refusal,
    run,
)

SETS = sorted(path.name for path in (CHART / "ci").glob("*-values.yaml"))
VERSIONS = ("1.28.0", "1.34.0", "1.37.0")
# Kinds that are not Kubernetes' own.
CUSTOM = {"ServiceMonitor", "PrometheusRule"}
EXTERNAL = ("--set", "store.mode=external,store.existingSecret=s")


def options(name: str, version: str = "1.34.0") -> tuple[str, ...]:
    """Word the options for a set of values."""
    return "--values", str(CHART / "ci" / name), "--kube-version", version


@pytest.fixture(name="made", params=SETS)
def _made(request: pytest.FixtureRequest) -> list[Object]:
    """What the chart makes of each set."""
    return objects(*options(request.param))


def workload(found: list[Object]) -> Object:
    """Return what runs the pods."""
    (one,) = (o for o in found if o["kind"] in ("Deployment", "StatefulSet"))
    return one


def pod_of(found: list[Object]) -> Object:
    """Return a pod's specification."""
    spec: Object = workload(found)["spec"]["template"]["spec"]
    return spec


def container_of(found: list[Object]) -> Object:
    """Return its only container."""
    (one,) = pod_of(found)["containers"]
    container: Object = one
    return container


def settings_of(found: list[Object]) -> dict[str, str]:
    """Return the variables that the service is started with."""
    data: dict[str, str] = of_kind(found, "ConfigMap")["data"]
    return data


def every(key: str, value: Any) -> Iterator[Any]:
    """Find all values of a key, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key:
                yield inner
            yield from every(key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from every(key, inner)


def test_there_are_five_sets():
    """From nothing to everything."""
    assert len(SETS) == 5


@pytest.mark.parametrize("name", SETS)
def test_helm_has_nothing_against_it(name):
    """`helm lint --strict`."""
    done = run("helm", "lint", "--strict", str(CHART), *options(name))

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", SETS)
def test_kubernetes_takes_it(name, version):
    """Each field exists in that version, and has a value of its type."""
    schemas = Schemas(version)
    found = objects(*options(name, version))

    wrong = [e for o in found if o["kind"] not in CUSTOM for e in schemas.errors(o)]

    assert wrong == []


def test_a_field_that_does_not_exist_would_be_found():
    """The schemas are strict."""
    one = workload(objects())
    one["spec"]["replics"] = 1

    assert "replics" in "".join(Schemas(VERSIONS[-1]).errors(one))


class TestPods:
    """What holds for every set."""

    def test_ports_name_their_protocol(self, made):
        """Helm's server-side apply takes no port without one."""
        listed = [port for ports in every("ports", made) for port in ports]

        assert listed
        assert all(port["protocol"] in ("TCP", "UDP") for port in listed)

    def test_they_may_do_nothing(self, made):
        """No root, no capability, no writable file system, no token."""
        pod, container = pod_of(made), container_of(made)

        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] == 10001
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert pod["enableServiceLinks"] is False
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }

    def test_the_service_takes_its_settings(self, made, tmp_path):
        """Each is one that exists, with a value that it takes."""
        given = settings_of(made)
        url = tmp_path / "redis-url"
        url.write_text("redis://store:6379/0")
        for name in given:
            if name.endswith("_URL_FILE"):
                given[name] = str(url)

        settings = Settings.load(given)

        known = {variable(field) for field in Settings.model_fields}
        assert {name.removesuffix("_FILE") for name in given} <= known
        assert 1 <= settings.workers <= 2
        assert settings.forwarded_allow_ips.startswith("127.0.0.1")

    def test_health_is_asked_where_an_outage_of_the_store_does_not_show(self, made):
        """But for the start."""
        container = container_of(made)
        asked = {
            kind: container[f"{kind}Probe"]["httpGet"]["path"]
            for kind in ("startup", "liveness", "readiness")
        }

        assert asked == {
            "startup": "/readyz",
            "liveness": "/healthz",
            "readiness": "/healthz",
        }

    def test_there_is_time_to_stop(self, made):
        """For all that happens before the end, and the 10 s of what was begun."""
        sleep = sum(every("seconds", container_of(made).get("lifecycle")))
        drain = int(settings_of(made).get("HITSVC_DRAIN_SECONDS", 0))

        grace = pod_of(made)["terminationGracePeriodSeconds"]
        assert grace >= sleep + drain + 1 + 10 + 5

    def test_services_lead_to_the_pods(self, made):
        """And the policy and the budget are for them."""
        labels = workload(made)["spec"]["template"]["metadata"]["labels"]
        chosen = [o["spec"]["selector"] for o in made if o["kind"] == "Service"]
        chosen += [
            o["spec"]["selector"]["matchLabels"]
            for o in made
            if o["kind"] in ("PodDisruptionBudget", "Deployment", "StatefulSet")
        ]
        chosen += [p["matchLabels"] for p in every("podSelector", made)]

        assert chosen
        assert all(one.items() <= labels.items() for one in chosen)

    def test_memory_is_bounded_and_the_processor_is_not(self, made):
        """A bound on the CPU that is reached delays hits."""
        limits = container_of(made)["resources"]["limits"]

        assert set(limits) == {"memory"}


class TestEmbedded:
    """One pod with its own store."""

    def test_it_keeps_its_counts_in_a_volume(self):
        """Of its own, in a directory that nobody else may read."""
        found = objects()
        one = workload(found)
        (claim,) = one["spec"]["volumeClaimTemplates"]

        assert (one["kind"], one["spec"]["replicas"]) == ("StatefulSet", 1)
        assert claim["metadata"]["name"] == "data"
        mounts = {
            m["name"]: m["mountPath"] for m in container_of(found)["volumeMounts"]
        }
        assert settings_of(found)["HITSVC_DATA_DIR"].startswith(mounts["data"] + "/")

    def test_it_stops_at_once(self):
        """There is nobody else to go to, and the next one waits for the volume."""
        found = objects()

        assert "lifecycle" not in container_of(found)
        assert "HITSVC_DRAIN_SECONDS" not in settings_of(found)
        assert not [o for o in found if o["kind"] == "PodDisruptionBudget"]

    def test_it_asks_nobody(self):
        """Its network policy lets nothing out."""
        assert of_kind(objects(), "NetworkPolicy")["spec"]["egress"] == []


class TestExternal:
    """Any number of pods before one store."""

    def test_the_url_is_a_file(self):
        """It is in no variable, and only our user reads it."""
        found = objects(*EXTERNAL)
        (volume,) = every("secret", pod_of(found)["volumes"])

        assert "HITSVC_REDIS_URL" not in settings_of(found)
        assert settings_of(found)["HITSVC_REDIS_URL_FILE"] == "/run/hitsvc/redis-url"
        assert volume["secretName"] == "s"
        assert volume["defaultMode"] == 0o440
        assert volume["items"] == [{"key": "redis-url", "path": "redis-url"}]

    def test_a_url_becomes_a_secret(self):
        """Which pods are restarted for, when it changes."""
        made = [
            objects("--set", f"store.mode=external,store.url=redis://{host}")
            for host in ("a", "b")
        ]

        secret = of_kind(made[0], "Secret")
        (volume,) = every("secret", pod_of(made[0])["volumes"])
        assert secret["stringData"] == {"redis-url": "redis://a"}
        assert volume["secretName"] == secret["metadata"]["name"]
        assert len({checksums(found) for found in made}) == 2

    @pytest.mark.parametrize(
        ("version", "how"), [("1.29.0", "exec"), ("1.30.0", "sleep")]
    )
    def test_a_pod_that_is_to_go_waits_first(self, version, how):
        """By Kubernetes itself where it can; the image has no shell."""
        found = objects(*EXTERNAL, "--kube-version", version)
        (done,) = container_of(found)["lifecycle"]["preStop"].items()

        assert done[0] == how
        if how == "exec":
            assert done[1]["command"][0] == "python"
            assert "sleep(5)" in done[1]["command"][-1]

    def test_a_rollout_takes_nobody_away(self):
        """A new pod comes before an old one goes."""
        strategy = workload(objects(*EXTERNAL))["spec"]["strategy"]

        assert strategy["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}

    def test_pods_keep_apart(self):
        """By node and by zone, and one at a time may be taken away."""
        found = objects(*EXTERNAL)
        spread = pod_of(found)["topologySpreadConstraints"]

        assert [one["topologyKey"].rpartition("/")[2] for one in spread] == [
            "hostname",
            "zone",
        ]
        assert of_kind(found, "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1

    def test_one_pod_may_be_taken_away(self):
        """A budget would keep its node for ever."""
        found = objects(*EXTERNAL, "--set", "replicas=1")

        assert not [o for o in found if o["kind"] == "PodDisruptionBudget"]

    def test_the_autoscaler_has_the_say(self):
        """A number of pods beside it would undo at each upgrade what it did."""
        found = objects(*options("full-values.yaml"))
        scaler = of_kind(found, "HorizontalPodAutoscaler")["spec"]

        assert "replicas" not in workload(found)["spec"]
        assert scaler["scaleTargetRef"]["name"] == workload(found)["metadata"]["name"]

    def test_it_may_reach_the_store_and_names(self):
        """And nothing else."""
        (rule,) = of_kind(objects(*EXTERNAL), "NetworkPolicy")["spec"]["egress"]

        assert {port["port"] for port in rule["ports"]} == {53, 6379, 6380, 26379}


def checksums(found: list[Object]) -> str:
    """Return what restarts the pods when it changes."""
    return json.dumps(workload(found)["spec"]["template"]["metadata"]["annotations"])


def test_another_setting_restarts_the_pods():
    """They read settings at their start only."""
    made = [
        objects("--set", f"settings.HITSVC_BOTS={bots}") for bots in ("skip", "count")
    ]

    assert len({checksums(found) for found in made}) == 2


def test_settings_are_what_was_meant():
    """YAML reads on as true, and Helm a million as 1e+06."""
    full = settings_of(objects(*options("full-values.yaml")))
    embedded = settings_of(objects(*options("embedded-values.yaml")))

    assert full["HITSVC_MAX_CONNECTIONS"] == "1000000"
    assert full["HITSVC_REDIS_TIMEOUT"] == "0.5"
    assert embedded["HITSVC_FOLD_WWW"] == "on"
    assert full["HITSVC_FORWARDED_ALLOW_IPS"] == "127.0.0.1,10.42.0.0/16,fd00::/8"


def test_the_ingress_asks_once():
    """A hit whose answer is late may have been counted."""
    one = of_kind(objects(*options("full-values.yaml")), "Ingress")
    annotations = one["metadata"]["annotations"]

    assert annotations["nginx.ingress.kubernetes.io/proxy-next-upstream"] == "off"
    assert annotations["example.org/a"] == "b"


def test_prometheus_finds_the_port():
    """It chooses the Service of the metrics, and no other."""
    found = objects(*options("full-values.yaml"))
    chosen = of_kind(found, "ServiceMonitor")["spec"]["selector"]["matchLabels"]
    services = [
        o["metadata"]["name"]
        for o in found
        if o["kind"] == "Service" and chosen.items() <= o["metadata"]["labels"].items()
    ]

    assert services == ["hits-metrics"]


def test_the_alerts_are_those_of_the_manual():
    """And their templates are Prometheus', not Helm's."""
    shipped = (ROOT / "config" / "prometheus" / "alerts.yml").read_text()
    rule = of_kind(objects(*options("full-values.yaml")), "PrometheusRule")

    assert (CHART / "files" / "alerts.yml").read_text() == shipped
    assert rule["spec"] == yaml.safe_load(shipped)
    assert "{{ $labels" in str(rule)


def test_the_test_asks_as_visitors_do():
    """`helm test` comes by the Service, and asks whether hits are counted."""
    done = run(
        "helm", "template", "hits", str(CHART), "-s", "templates/tests/ready.yaml"
    )
    one = yaml.safe_load(done.stdout)

    assert one["metadata"]["annotations"]["helm.sh/hook"] == "test"
    assert "http://hits-hitsvc:80/readyz" in one["spec"]["containers"][0]["command"][-1]
    assert Schemas(VERSIONS[-1]).errors(one) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("store.mode=external", "name a Secret with the store's URL in store.existing"),
        (
            "store.mode=external,store.existingSecret=a,store.url=redis://b",
            "store.existingSecret and store.url are both set: give one of them",
        ),
        ("store.existingSecret=a", "set store.mode to external, or name none"),
        ("store.url=redis://a", "set store.mode to external, or name none"),
        (
            "store.mode=external,store.url=redis://a,store.adminKey=b",
            "store.adminKey is a key of the Secret in store.existingSecret",
        ),
        ("autoscaling.enabled=true", "store.mode embedded has one"),
        (
            "store.mode=external,store.existingSecret=a,autoscaling.enabled=true,"
            "autoscaling.minReplicas=13",
            "autoscaling.minReplicas is 13, above autoscaling.maxReplicas, which is 12",
        ),
        ("metrics.serviceMonitor.enabled=true", "set metrics.enabled to true"),
        ("metrics.prometheusRule.enabled=true", "set metrics.enabled to true"),
        ("ingress.enabled=true", "ingress.hosts, such as [hits.example.org]"),
        (
            "settings.HITSVC_WORKERS=4",
            "settings.HITSVC_WORKERS: the chart sets it; use w",
        ),
        ("settings.HITSVC_REDIS_URL=a", "the chart sets it; use store"),
        ("store.mode=other", "value must be one of 'embedded', 'external'"),
        ("store.url=http://a", "does not match pattern"),
        ("replicas=0", "minimum: got 0, want 1"),
        ("workers=many", "got string, want integer"),
        ("settings.SITES=example.org", "does not match pattern '^HITSVC_"),
        ("service.port=70000", "maximum: got 70,000, want 65,535"),
        ("image.digest=sha256:1", "does not match pattern"),
    ],
)
def test_what_cannot_be_is_refused(values, said):
    """With a sentence that says what to do, or Helm's own."""
    assert said in refusal("--set", values)


def mappings(value: Any, path: str = "") -> Iterator[str]:
    """List the mappings of the values that have names of ours in them."""
    yield path
    for key, inner in value.items():
        if isinstance(inner, dict) and inner:
            yield from mappings(inner, f"{path}{key}.")


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in mappings(yaml.safe_load((CHART / "values.yaml").read_text()))
        # What is in these is Kubernetes'.
        if path not in ("resources.requests.", "resources.limits.")
    ],
)
def test_a_value_that_does_not_exist_is_refused(path):
    """In whichever part: a typing error does not go unnoticed."""
    assert "additional properties 'zzz' not allowed" in refusal("--set", f"{path}zzz=1")


@pytest.mark.parametrize("variant", manifests.VARIANTS)
class TestManifests:
    """deploy/kubernetes, for those without Helm."""

    def test_they_are_what_the_chart_makes(self, variant):
        """`make chart` writes them."""
        run("helm", "version")
        file = manifests.FOLDER / variant / "hitsvc.yaml"

        assert file.read_text() == manifests.render(variant)

    def test_kubectl_builds_them(self, variant, tmp_path: Path):
        """Also with a namespace and an image of one's own."""
        folder = manifests.FOLDER / variant
        mine = tmp_path / "kustomization.yaml"
        mine.write_text(
            "namespace: counters\n"
            f"resources: [{Path(*['..'] * (len(tmp_path.parts) - 1))}{folder}]\n"
            "images: [{name: hitsvc, newName: registry.example.org/hits, newTag: x}]\n"
        )

        built = run("kubectl", "kustomize", str(tmp_path))

        assert built.returncode == 0, built.stderr
        found = list(yaml.safe_load_all(built.stdout))
        assert container_of(found)["image"] == "registry.example.org/hits:x"
        assert {one["metadata"]["namespace"] for one in found} == {"counters"}
        assert "helm" not in built.stdout.lower()


def test_the_readme_is_what_the_values_say():
    """`make chart` writes it."""
    assert chart_readme.README.read_text() == chart_readme.readme()


def test_the_chart_is_for_this_version():
    """Its default image is the one that is released with it."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())

    assert chart["appVersion"] == hitsvc.__version__
