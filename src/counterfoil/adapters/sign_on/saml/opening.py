"""Opens encrypted assertions, so that what was signed in them stays as it was signed."""

import secrets
from typing import Any

from lxml import etree
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

KEYS_COME_BY = {
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
    "http://www.w3.org/2009/xmlenc11#rsa-oaep",
}
"""RSA of PKCS #1 v1.5 is not among them: answers to altered messages would open what it hides."""


def came_safely(document: Any) -> bool:
    """Whether every key in it came by a way that we take."""
    methods = "//xenc:EncryptedKey/xenc:EncryptionMethod"
    ways = {one.get("Algorithm") for one in OneLogin_Saml2_XML.query(document, methods)}
    return bool(ways) and ways <= KEYS_COME_BY


class Answer(OneLogin_Saml2_Response):  # type: ignore[misc]  # the library is untyped
    """An answer whose assertion may be encrypted.

    The library takes the opened assertion out of its envelope by moving it in the tree, where lxml
    drops namespaces that are declared above too, and gives what was moved the prefixes from there.
    Its signature is over the prefixes that it had, so here it is put in by its text.
    """

    def _decrypt_assertion(self, xml: Any) -> Any:
        """The document with the assertion in the place of its envelope; `ValueError` for one of
        another shape."""
        [envelope] = OneLogin_Saml2_XML.query(xml, "/samlp:Response/saml:EncryptedAssertion")
        [data] = OneLogin_Saml2_XML.query(envelope, "./xenc:EncryptedData")
        [key_info] = OneLogin_Saml2_XML.query(data, "./ds:KeyInfo")
        for key in OneLogin_Saml2_XML.query(envelope, "./xenc:EncryptedKey"):
            key_info.append(key)  # some lay it beside the data, and name it there
        own_key = self._settings.get_sp_key()
        opened = OneLogin_Saml2_Utils.decrypt_element(data, own_key, inplace=True)
        if not etree.iselement(opened):
            raise ValueError("What was encrypted is no element.")
        text = etree.tostring(opened, with_tail=False)
        place = etree.Comment(secrets.token_hex(16))
        xml.replace(envelope, place)
        whole = etree.tostring(xml).replace(etree.tostring(place, with_tail=False), text)
        return OneLogin_Saml2_XML.to_etree(whole)
