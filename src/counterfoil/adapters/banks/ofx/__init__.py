"""Open Financial Exchange: 1.x in SGML and 2.x in XML, by whatever ending (OFX, QFX, QBO)."""
