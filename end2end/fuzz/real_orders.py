"""Puts real restaurants, dishes and choices into what is generated, so that the fuzzer gets past the door."""

import functools
import json
import os
import urllib.request
import zlib

import schemathesis

BASE = os.environ["TOAST_FUZZ_URL"]
SLUGS = ("luigis-hearth", "copper-griddle", "bayt-al-murjan", "izakaya-akari", "the-last-minute")


@functools.cache
def menu(slug):
    with urllib.request.urlopen(f"{BASE}/api/v1/restaurants/{slug}/menu", timeout=10) as answer:
        return json.load(answer)


def draw(case, *salt):
    """A number that follows from the case, so that a seed gives the same run again."""
    return zlib.crc32(repr((case.path_parameters, case.body, salt)).encode())


def line(case, slug, position):
    """A dish with the least choices that it asks for."""
    published = menu(slug)
    groups = {group["id"]: group["modifiers"] for group in published["groups"]}
    dishes = [item for section in published["sections"] for item in section["items"]]
    dish = dishes[draw(case, "dish", position) % len(dishes)]
    variant = dish["variants"][draw(case, "size", position) % len(dish["variants"])]
    chosen = [
        {"modifier": modifier["id"], "quantity": 1}
        for use in dish["groups"]
        for modifier in groups[use["group"]][: use["min"]]
    ]
    return {"item": dish["id"], "variant": variant["id"], "modifiers": chosen}


# Constraints of the JSON Schema: data that fit them must not be rejected for these reasons.
SAID_BY_THE_DOCUMENT = {"empty_order", "malformed", "note_too_long", "quantity_out_of_range", "too_long", "too_many_lines"}


def texts(value):
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts(part)


@schemathesis.check
def the_document_says_what_is_refused(ctx, response, case):
    """Data that fit the document are refused only for what it cannot say: what is on the menu, who can be reached how."""
    if response.status_code != 422 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    # Lengths are counted as browsers do, by which letters beyond the first plane are two; in JSON Schema they are one.
    if any(letter > "\uffff" for text in texts(case.body) for letter in text):
        return
    refused = {error["code"] for error in response.json().get("errors", [])} & SAID_BY_THE_DOCUMENT
    assert not refused, f"valid data were refused for what the document does not say: {sorted(refused)}"


@schemathesis.hook
def before_call(context, case, kwargs):
    parameters = case.path_parameters
    if not isinstance(parameters, dict) or "slug" not in parameters or draw(case) % 4 == 0:
        return
    slug = SLUGS[draw(case, "slug") % len(SLUGS)]
    parameters["slug"] = slug
    body = case.body
    if not isinstance(body, dict) or not isinstance(body.get("lines"), list) or draw(case, "body") % 4 == 0:
        return
    # Only well-formed lines get real ids; deliberately invalid data stays invalid.
    for position, entry in enumerate(body["lines"]):
        if isinstance(entry, dict) and isinstance(entry.get("item"), str) and isinstance(entry.get("modifiers", []), list):
            entry.update(line(case, slug, position))
    if isinstance(body.get("contact"), dict) and draw(case, "contact") % 2:
        body["contact"].update({"name": "Fuzz", "phone": "+49 30 5550100", "email": ""})
        body.pop("agreed_total_minor", None)
        body["due"] = "asap"
