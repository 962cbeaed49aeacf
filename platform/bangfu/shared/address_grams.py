"""Finding an address by a part of it without keeping it readable (docs/decisions/0011).

A household keeps, beside the sealed address, the set of short keyed tokens of its neighbouring pairs of characters. A
token has 12 bits, so that several pairs share it: the index proposes, the opened address decides.
"""

import hashlib
import hmac
import re
import unicodedata
from functools import lru_cache

from bangfu.shared.crypto import keys

TOKEN_BITS = 12
"""4,096 tokens [D]: fewer would propose too many addresses, more would set pairs of characters apart."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_AREA = re.compile(r"^.{1,8}?(?:自治区|特别行政区|省|市|自治州|州|盟|自治县|县|(?<!小)区|旗|街道|镇|乡|苏木)")
_VILLAGE = re.compile(r"^.{1,8}?(?:村民委员会|村委会|居民委员会|居委会|社区|嘎查|(?<!新)村)")


def plain_address(text: str) -> str:
    """One form of an address: half-width, lower case, without spaces and punctuation."""
    return "".join(mark for mark in unicodedata.normalize("NFKC", text).lower() if mark.isalnum())


def below_village(text: str) -> str:
    """The plain address without the places that everybody there shares: 东区河东街道柳树村3组5号 -> 3组5号."""
    rest = plain_address(text)
    for pattern in (_AREA, _AREA, _AREA, _AREA, _VILLAGE):
        shorter = pattern.sub("", rest, count=1)
        rest = shorter or rest
    return rest


def address_tokens(text: str) -> list[int]:
    """The tokens of an address, in order of their numbers, each once; none for an empty address."""
    plain = below_village(text)
    return sorted({_token(plain[at : at + 2]) for at in range(len(plain) - 1)})


def asked_tokens(text: str) -> list[int]:
    """The tokens that a household must have all of to be proposed for a typed part; none: nothing to look for."""
    return address_tokens(text) if _HAN.search(text) else []


def contains(address: str, typed: str) -> bool:
    """Whether the opened address really holds what was typed."""
    return plain_address(typed) in plain_address(address)


@lru_cache(maxsize=16_384)
def _keyed(pair: str, key: bytes) -> int:
    digest = hmac.new(key, f"address_gram:{pair}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - TOKEN_BITS)


def _token(pair: str) -> int:
    return _keyed(pair, keys().index)
