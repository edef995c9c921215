"""The page that says what each gateway was proved against is current."""

from tools import gateways


def test_the_table_of_gateways_is_current():
    text = gateways.PAGE.read_text(encoding="utf-8")
    assert text == gateways.page(), "run `python tools/gateways.py`"


def test_every_gateway_has_its_row_and_its_readme():
    from django.conf import settings

    for kind in settings.GATEWAYS:
        assert f"/gateways/{kind}/README.md" in gateways.page()
        assert (gateways.ROOT / f"src/counterfoil/adapters/gateways/{kind}/README.md").is_file()
