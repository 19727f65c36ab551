"""The template tags of the design system."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone


def rendered(source: str, **context: Any) -> str:
    return Template("{% load ui %}" + source).render(Context(context)).strip()


def test_an_icon_is_hidden_from_screen_readers_unless_it_is_named() -> None:
    assert 'aria-hidden="true"' in rendered('{% icon "play" %}')
    assert 'role="img" aria-label="Running"' in rendered('{% icon "play" label="Running" %}')


@pytest.mark.parametrize(
    ("state", "word", "shape"),
    [
        ("created", "Created", "created"),
        ("running", "Running", "running"),
        ("completed", "Completed", "completed"),
        ("pending", "Waiting", "queued"),
        ("succeeded", "Succeeded", "completed"),
        ("canceled", "Canceled", "canceled"),
        ("unheard-of", "Unheard-of", "queued"),
    ],
)
def test_a_state_is_a_glyph_and_a_word(state: str, word: str, shape: str) -> None:
    chip = rendered("{% state_chip state %}", state=state)

    assert f"glyphs.svg#{shape}" in chip
    assert f"state-{shape}" in chip
    assert f"</svg>{word}</span>" in chip


def test_lost_contact_replaces_the_state_and_says_since_when() -> None:
    chip = rendered('{% state_chip "running" since %}', since=datetime(2026, 11, 21, 8, 0, tzinfo=UTC))

    assert "Lost contact" in chip
    assert "since 21 Nov 2026, 08:00:00 UTC" in chip


def test_a_number_shows_every_digit_on_hover() -> None:
    assert rendered("{{ value|number }}", value=0.123456789) == '<span class="num" title="0.123456789">0.1235</span>'
    assert rendered("{{ value|number }}", value=0.5) == "0.5"


def test_what_is_no_number_is_shown_escaped_as_it_is() -> None:
    assert rendered("{{ value|number }}", value="<b>adam</b>") == "&lt;b&gt;adam&lt;/b&gt;"
    assert rendered("{{ value|number }}", value=True) == "True"
    assert rendered("{{ value|number }}", value=None) == "–"


def test_a_relative_time_carries_the_moment() -> None:
    moment = timezone.now() - timedelta(minutes=3)
    text = rendered("{{ moment|relative_time }}", moment=moment)

    assert f'datetime="{moment.isoformat()}"' in text
    assert ">3 min ago</relative-time>" in text
    assert rendered("{{ moment|relative_time }}", moment=None) == "–"


def test_a_duration_ticks_only_while_there_is_no_end() -> None:
    start = timezone.now() - timedelta(minutes=4, seconds=12)

    assert "<duration-clock" in rendered("{% duration_clock start %}", start=start)
    ended = rendered("{% duration_clock start end %}", start=start, end=start + timedelta(seconds=47))
    assert ended == '<span class="num" title="47.000 s">47s</span>'


def test_the_same_name_always_has_the_same_colour() -> None:
    first, second = (rendered("{{ name|series_class }}", name="brisk-otter-42") for _ in range(2))

    assert first == second
    assert first.startswith("series-")


class SampleForm(forms.Form):
    limit = forms.CharField(label="Time limit", help_text="For example 2h.")
    target = forms.ChoiceField(choices=[("local", "local")])
    notify = forms.BooleanField(required=False)


def test_a_field_is_tied_to_its_label_hint_and_error() -> None:
    form = SampleForm({"limit": ""})
    field = rendered('{% include "ui/form_field.html" %}', field=form["limit"])

    assert 'for="id_limit"' in field
    assert 'aria-describedby="id_limit-hint id_limit-error"' in field
    assert 'aria-invalid="true"' in field
    assert 'id="id_limit-error"' in field
    assert 'class="form-control"' in field


def test_a_select_and_a_checkbox_get_their_own_look() -> None:
    form = SampleForm()

    assert 'class="form-select"' in rendered("{% control field %}", field=form["target"])
    assert "form-control" not in rendered("{% control field %}", field=form["notify"])


def test_changing_the_query_keeps_the_rest_and_starts_paging_anew() -> None:
    request = RequestFactory().get("/runs/?state=failed&cursor=abc&q=a%20b")

    assert rendered("{% query sort='-loss' %}", request=request) == "?state=failed&amp;q=a+b&amp;sort=-loss"
    assert rendered("{% query state='' %}", request=request) == "?q=a+b"
    assert rendered("{% query cursor='next' %}", request=request).endswith("cursor=next&amp;q=a+b")


def test_names_from_people_are_escaped_everywhere() -> None:
    evil = "<script>alert(1)</script>"
    parts = [
        rendered('{% include "ui/run_dot.html" with name=evil url="#" %}', evil=evil),
        rendered('{% include "ui/metric_tile.html" with label=evil value=evil %}', evil=evil),
        rendered('{% include "ui/copy_button.html" with value=evil %}', evil=evil),
        rendered('{% include "ui/error_card.html" with title=evil message=evil details=evil %}', evil=evil),
        rendered("{% state_chip evil %}", evil=evil),
        rendered("{% icon evil %}", evil=evil),
    ]
    assert not any("<script" in part.lower() for part in parts)
