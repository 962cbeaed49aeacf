"""Finding and sorting Chinese names (DESIGN.md "Names").

A record keeps `search_terms(name)` in a text array with a GIN index and `sort_key(name)` in a text column; a search
asks for the records whose array contains all of `query_terms(typed)`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from pypinyin import lazy_pinyin

# Each pair of characters is one surname; rare ones that begin like a common surname (梁丘, 左丘) are left out.
_COMPOUND = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离长孙宇文司徒"
    "鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐百里呼延东郭南门羊舌微生西门第五公乘东里"
    "东宫即墨淳于达奚褚师纳兰"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND[start : start + 2] for start in range(0, len(_COMPOUND), 2))
# Readings that a surname has and the common word has not.
_READINGS = (
    "单 shan,曾 zeng,解 xie,仇 qiu,区 ou,朴 piao,查 zha,盖 ge,任 ren,华 hua,覃 qin,翟 zhai,缪 miao,乐 yue,员 yun,黑 he,"
    "种 chong,秘 bi,折 she,冼 xian,应 ying,召 shao,祭 zhai,繁 po,隗 wei,燕 yan,柏 bai,牟 mu,臧 zang,逄 pang,洗 xian,"
    "尉 wei,尉迟 yu chi,万俟 mo qi,长孙 zhang sun,澹台 tan tai,令狐 ling hu,乐正 yue zheng"
)
SURNAME_READINGS = {name: reading for name, _, reading in (entry.partition(" ") for entry in _READINGS.split(","))}

_DOTS = re.compile("[・•‧∙⋅•.．]")
_BETWEEN_HAN = re.compile(r"(?<=[^\x00-\xff])\s+|\s+(?=[^\x00-\xff])")
_LETTERS = re.compile(r"[a-z0-9]+")
LONGEST_RUN = 20
"""Letters of pinyin that are kept for finding; what is typed beyond them is not compared."""


def normal_name(text: str) -> str:
    """One form of a name: half-width, no spaces beside Chinese characters, one kind of dot between its parts."""
    tidy = " ".join(unicodedata.normalize("NFKC", text).split())
    tidy = _BETWEEN_HAN.sub("", tidy)
    return tidy if tidy.isascii() else _DOTS.sub("·", tidy)


def surname(name: str) -> str:
    """The family name, two characters for a compound one; of 阿卜杜·买买提 what stands before the dot."""
    tidy = normal_name(name)
    if "·" in tidy:
        return tidy.partition("·")[0]
    if tidy.isascii():
        return tidy.split()[-1] if tidy else ""
    return tidy[:2] if len(tidy) > 2 and tidy[:2] in COMPOUND_SURNAMES else tidy[:1]


def name_with_title(name: str, sex: Literal["male", "female"], locale: str = "zh_CN") -> str:
    """What a volunteer sees of a person (DOMAIN.md 9.2): 张女士, 欧阳先生; in English Ms Zhang."""
    family = surname(name)
    if locale.startswith("zh"):
        return family + ("先生" if sex == "male" else "女士")
    latin = "".join(syllables(family)).capitalize()
    return ("Mr " if sex == "male" else "Ms ") + latin


@lru_cache(maxsize=65_536)
def syllables(name: str, *, person: bool = True) -> tuple[str, ...]:
    """Pinyin without tones, one for each character (ü is v); a person's family name in its reading as a name."""
    tidy = normal_name(name)
    family = surname(tidy) if person else ""
    reading = SURNAME_READINGS.get(family)
    rest = tidy[len(family) :] if reading else tidy
    spoken = _LETTERS.findall(" ".join(lazy_pinyin(rest)).lower())
    return tuple(reading.split() if reading else ()) + tuple(spoken)


def initials(name: str, *, person: bool = True) -> str:
    """张小明 -> zxm."""
    return "".join(syllable[0] for syllable in syllables(name, person=person))


def full_pinyin(name: str, *, person: bool = True) -> str:
    """张小明 -> zhangxiaoming."""
    return "".join(syllables(name, person=person))


def sort_key(name: str, *, person: bool = True) -> str:
    """Sorts as a Chinese dictionary does, by syllable; equal readings by character. Store it (STACK.md, trap 9)."""
    return f"{' '.join(syllables(name, person=person))} {normal_name(name)}".strip()


def grams(text: str) -> list[str]:
    """Each character and each pair of neighbours, in lower case, without spaces and dots."""
    plain = _solid(text)
    pairs = [plain[index : index + 2] for index in range(len(plain) - 1)]
    return list(dict.fromkeys([*plain, *pairs]))


def search_terms(name: str, *, person: bool = True) -> list[str]:
    """All that a name can be found by: grams, and every beginning of its pinyin and initials from any syllable on."""
    spoken = syllables(name, person=person)
    sounds = ["".join(spoken[start:])[:LONGEST_RUN] for start in range(len(spoken))]
    first = "".join(syllable[0] for syllable in spoken)[:LONGEST_RUN]
    sounds += [first[start:] for start in range(len(first))]
    begun = [sound[:end] for sound in sounds for end in range(1, len(sound) + 1)]
    return [term for term in dict.fromkeys([*grams(name), *begun]) if term]


def query_terms(typed: str) -> list[str]:
    """What a record must hold all of: pairs of the Chinese characters (a lone one by itself), each word of pinyin."""
    terms: list[str] = []
    for word in normal_name(typed).lower().split():
        for run in re.findall(r"[a-z0-9]+|[^\x00-\xff]+", word):
            plain = _solid(run)
            pairs = [plain[index : index + 2] for index in range(len(plain) - 1)]
            terms += [plain[:LONGEST_RUN]] if run.isascii() or len(plain) == 1 else pairs
    return [term for term in dict.fromkeys(terms) if term]


def _solid(text: str) -> str:
    return re.sub(r"[\s·]", "", normal_name(text).lower())
