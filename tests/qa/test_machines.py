"""What programs get: feeds, sitemap, structured data, the API and its description, cards. Public letters and nothing else."""

import json
import re
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import resolve, reverse

from qa.models import Topic
from tests.cast import topic
from tests.qa.pages import publish

pytestmark = pytest.mark.once

ATOM = "{http://www.w3.org/2005/Atom}"
XHTML = "{http://www.w3.org/1999/xhtml}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def shelf(cast):
    """A public letter, one for members, one taken down."""
    money = Topic.objects.create(slug="money", title="Money")
    shown = publish("Shown <b>& true", topic(), number=1, may_index=True)
    publish("Inside", topic(), money, number=2, audience="members", may_index=True, has_teaser=True)
    publish("Down", topic(), money, number=3, may_index=True).withdraw()
    return shown


@pytest.fixture(params=["stranger", "bela"])
def client(request, cast):
    client = Client()
    if request.param == "bela":
        client.force_login(cast.bela)
    return client


def body(client, name, *args, **query):
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", ["qa:atom", "qa:topic_atom"])
def test_it_feeds_public_letters_as_atom(shelf, client, name):
    feed = ElementTree.fromstring(body(client, name, *(["early-recovery"] if "topic" in name else [])))
    assert [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")] == ["Shown <b>& true"]
    assert feed.find(f"{ATOM}entry/{ATOM}link").get("href").endswith(shelf.get_absolute_url())


def test_it_feeds_public_letters_as_json_feed(shelf, client):
    feed = json.loads(body(client, "qa:topic_json_feed", "early-recovery"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["title"] for item in feed["items"]] == ["Shown <b>& true"]
    assert json.loads(body(client, "qa:topic_json_feed", "money"))["items"] == []


def test_it_lists_in_the_sitemap_what_members_agreed_to(shelf, client):
    parts = ElementTree.fromstring(body(client, "qa:sitemap")).findall(f"{MAP}sitemap/{MAP}loc")
    said = publish(
        "Mi hijo vuelve a casa y no sé qué decir", topic(), number=9, may_index=True, question_text="No sé qué decirle."
    )
    found, linked = [], []
    for part in parts:
        tree = ElementTree.fromstring(client.get(part.text).content)
        found += [loc.text for loc in tree.findall(f"{MAP}url/{MAP}loc")]
        linked += [link.get("href") for link in tree.findall(f"{MAP}url/{XHTML}link[@hreflang='es']")]
    spanish = {loc for loc in found if "/es/" in loc}
    assert {loc.partition("/es/")[2] for loc in spanish} == {"help-now/", "about/", "privacy/", f"read/{said.slug}/"}
    assert {*linked} == {loc for loc in spanish if "/read/" not in loc}
    letters = [loc for loc in found if "/read/" in loc]
    assert [loc.split("/read/")[1] for loc in letters] == [f"{shelf.slug}/", f"{said.slug}/"]
    assert reverse("qa:sitemap") in body(client, "qa:robots")


def test_it_describes_an_agreed_page_to_search_engines_and_no_other(shelf):
    text = body(Client(), "qa:publication", shelf.slug)
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)[1]
    data = json.loads(found)
    assert data["@type"] == "QAPage"
    assert data["mainEntity"]["name"] == "Shown <b>& true"
    assert data["mainEntity"]["acceptedAnswer"]["text"].startswith("You are doing")
    assert "<" not in found
    closed = publish("Closed", number=7)
    assert "ld+json" not in body(Client(), "qa:publication", closed.slug)


def test_it_answers_with_validators_and_the_same_bytes_for_everybody(shelf, cast):
    stranger, member = Client(), Client()
    member.force_login(cast.bela)
    for name in ("qa:atom", "qa:json_feed", "qa:sitemap", "qa:robots", "qa:api_publications", "qa:api_topics"):
        first = stranger.get(reverse(name))
        assert member.get(reverse(name)).content == first.content
        again = stranger.get(reverse(name), headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert "Last-Modified" in stranger.get(shelf.get_absolute_url()).headers


def test_it_is_gone_everywhere_at_once(shelf, client):
    old = Client().get(reverse("qa:atom")).headers["ETag"]
    shelf.withdraw()
    for name in ("qa:atom", "qa:json_feed", "qa:sitemap_part", "qa:api_publications", "qa:topics", "qa:home"):
        assert "Shown" not in body(client, name, *([shelf.pk // 10_000] if name == "qa:sitemap_part" else []))
    assert Client().get(reverse("qa:atom"), headers={"If-None-Match": old}).status_code == 200
    assert client.get(reverse("qa:api_publication", args=[shelf.slug])).status_code == 410
    assert client.get(reverse("qa:embed", args=[shelf.slug])).status_code == 404
    assert client.get(reverse("qa:publication", args=[shelf.slug])).status_code == 410


def test_it_has_no_part_of_the_sitemap_that_no_letter_could_be_in(client, db):
    assert client.get(reverse("qa:sitemap_part", args=[1_000_000])).status_code == 200
    assert client.get(reverse("qa:sitemap_part", args=[1_000_001])).status_code == 404


# ---- the API and its description ------------------------------------------------------------------------------------
def described(client):
    return json.loads(body(client, "qa:api_description"))


def fits(value, schema, schemas, where="it"):
    """A small reading of JSON Schema: enough for what our description uses, and refusing what it does not know."""
    known = {"type", "format", "properties", "required", "additionalProperties", "items", "$ref", "description", "enum"}
    assert set(schema) <= known, where
    if "$ref" in schema:
        return fits(value, schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, where)
    kinds = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict, "null": type(None)}
    wanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert isinstance(value, tuple(kinds[kind] for kind in wanted)), where
    assert value in schema.get("enum", [value]), where
    if isinstance(value, dict):
        assert set(value) == set(schema["properties"]) == set(schema["required"]), where
        for key, inner in value.items():
            fits(inner, schema["properties"][key], schemas, f"{where}.{key}")
    if isinstance(value, list):
        for item in value:
            fits(item, schema["items"], schemas, f"{where}[]")
    return None


def test_it_is_described_as_it_is(shelf, client):
    """Every address of the description exists, every address of the API is described, every answer fits its schema."""
    doc = described(client)
    schemas = doc["components"]["schemas"]
    names = set()
    for path, methods in doc["paths"].items():
        assert set(methods) == {"get"}
        names.add(resolve(path.replace("{slug}", "x")).view_name)
        for status, told in methods["get"]["responses"].items():
            slug = {"200": shelf.slug, "404": "never-was", "410": "page-3"}[status] if "{slug}" in path else ""
            query = {"topic": "never-was"} if status == "400" else {}
            response = client.get(path.replace("{slug}", slug), query)
            assert response.status_code == int(status), path
            if "content" in told:
                fits(response.json(), told["content"]["application/json"]["schema"], schemas, path)
    assert names == {"qa:api_description", "qa:api_topics", "qa:api_publications", "qa:api_publication"}
    assert client.get("/api/v1/publications/page-2/").status_code == 404


@pytest.mark.both
def test_it_walks_the_whole_api_by_its_marks(cast, client):
    for number in range(60):
        publish(f"Letter {number}", topic(), number=number)
    for query in ("", "?topic=early-recovery", "?q=letter"):
        url, seen = reverse("qa:api_publications") + query, []
        while url:
            found = client.get(url).json()
            seen += [item["title"] for item in found["publications"]]
            url = found["next"]
        assert len(seen) == len(set(seen)) == 60


@pytest.mark.both
def test_it_searches_through_the_api(shelf, client):
    found = json.loads(body(client, "qa:api_publications", q="shown true"))["publications"]
    assert [item["slug"] for item in found] == [shelf.slug]
    assert json.loads(body(client, "qa:api_publications", q="inside"))["publications"] == []


# ---- cards ------------------------------------------------------------------------------------------------------------
def test_it_may_be_framed_by_nobody_unless_a_setting_names_them(shelf, client):
    response = client.get(reverse("qa:embed", args=[shelf.slug]))
    assert "X-Frame-Options" not in response.headers
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert "DENY" in client.get(reverse("qa:topics")).headers["X-Frame-Options"]


def test_it_offers_oembed_for_public_letters_of_ours_only(shelf, client, settings):
    ours = f"{settings.PUBLIC_URL}{shelf.get_absolute_url()}"
    card = json.loads(body(client, "qa:oembed", url=ours))
    assert card["type"] == "rich"
    assert reverse("qa:embed", args=[shelf.slug]) in card["html"]
    assert "&lt;b&gt;&amp; true" in card["html"]
    for other in (
        "",
        "https://evil.example/read/page-1/",
        f"{settings.PUBLIC_URL}/read/page-2/",
        f"{settings.PUBLIC_URL}/x",
    ):
        assert client.get(reverse("qa:oembed"), {"url": other}).status_code == 404
