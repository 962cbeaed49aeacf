"""Made-up people: names that fit their years, ID numbers and phones of nobody (prefix 99, DOMAIN.md 1.3)."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from bangfu.shared.identifiers import Sex, generate_mobile, national_phone, random_resident_id

SURNAMES = (
    "王王王李李李张张张刘刘陈陈陈杨杨赵黄周周吴吴徐徐孙胡朱朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许许傅沈沈曾彭吕苏卢蒋蒋蔡"
    "贾丁丁魏薛叶叶阎余潘潘杜戴夏钟汪汪田任姜范方石姚姚谭廖邹熊金金陆陆郝孔白崔康毛邱秦江史顾顾侯邵邵孟龙万段钱钱汤汤尹黎易常武乔贺赖龚文"
    "庄殷巢恽管华芮虞是承"
)
DOUBLE = ("欧阳", "诸葛", "司徒", "上官")

# Given names by the years in which they were common.
OLD = {
    "female": (
        "秀英 桂英 秀兰 玉兰 凤英 金娣 阿妹 桂芳 淑珍 玉珍 素珍 惠芬 招娣 凤珍 月娥 兰英 林娣 桂珍 春娣 彩英 "
        "雪珍 菊英 杏娣 银娣 巧英 惠珍 文娟 腊梅 香云 瑞芳 梅芳 玉琴 根娣 网娣 荷英 静芳 佩芳 雅琴 婉珍 慧英"
    ),
    "male": (
        "建国 国强 根生 金生 阿大 福生 洪生 永林 根林 志明 国华 玉林 金海 荣生 锡坤 洪根 小根 夕林 锁根 顺大 "
        "炳生 海泉 全福 金大 兴根 志高 盘生 关林 士英 正康 寿根 伯泉 纪大 网根 留坤 仁和 德明 长庚 汉良 云龙"
    ),
}
MIDDLE = {
    "female": (
        "丽 敏 静 燕 艳 霞 娟 芳 萍 红 玲 丽华 美娟 小红 雪梅 建芬 国芬 文英 亚萍 晓燕 海燕 丽萍 春兰 秋菊 "
        "玉华 红梅 志芳 彩霞 亚芬 琴 云 莉 颖 洁 慧 蓉 倩 莹莹 丹 佳 婷 雯 瑶 晓丽 爱华 惠玉"
    ),
    "male": (
        "伟 强 军 勇 磊 涛 明 超 建军 建明 国平 志强 文斌 海波 卫东 晓东 建新 志刚 小明 永刚 国庆 亚军 伟明 "
        "春林 立新 俊 斌 峰 鹏 杰 浩 凯 辉 刚 云飞 文杰 志伟 立军 新华 金龙 留根 东平"
    ),
}
YOUNG = {
    "female": (
        "子涵 雨桐 欣怡 梓萱 一诺 诗涵 可馨 语嫣 思琪 佳怡 雨欣 梦琪 若曦 依诺 欣妍 紫萱 雅静 静怡 文静 晨曦 乐瑶 心怡"
    ),
    "male": (
        "浩然 子轩 宇轩 俊杰 梓豪 浩宇 子墨 一鸣 天宇 明轩 嘉豪 文博 睿 奕辰 家乐 宇航 博文 子睿 思远 晨阳 嘉诚 俊熙"
    ),
}


@dataclass(frozen=True, slots=True)
class Human:
    """A made-up person as a list shows them."""

    name: str
    sex: Sex
    birth: date
    id_number: str
    phone: str

    @property
    def sex_word(self) -> str:
        return "女" if self.sex == "female" else "男"


@dataclass(slots=True)
class People:
    """Makes people one after another, no ID number and no phone twice; ages are counted back from `as_of`."""

    random: Random
    as_of: date
    _numbers: set[str] = field(default_factory=set)
    _phones: int = 0

    def make(self, age: int, sex: Sex, surname: str = "") -> Human:
        """Somebody between `age` and `age` + 1 years."""
        days_ago = int(age * 365.2425) + self.random.randrange(20, 340)
        birth = self.as_of - timedelta(days=days_ago)
        name = (surname or self.surname()) + self.random.choice(_given(age)[sex].split())
        return Human(name, sex, birth, self._number(birth, sex), self.phone())

    def surname(self) -> str:
        """A surname about as common as around the Taihu lake; one of a hundred has two characters."""
        return self.random.choice(DOUBLE) if self.random.random() < 0.01 else self.random.choice(SURNAMES)

    def sex(self, share_of_women: float = 0.5) -> Sex:
        return "female" if self.random.random() < share_of_women else "male"

    def phone(self) -> str:
        """The next mobile number of the made-up series, spread over it so that neighbours do not look alike."""
        self._phones += 1
        return national_phone(generate_mobile(self._phones * 61_803_399 % 100_000_000))

    def _number(self, birth: date, sex: Sex) -> str:
        while (number := random_resident_id(self.random, birth, sex)) in self._numbers:
            pass
        self._numbers.add(number)
        return number


def _given(age: int) -> dict[Sex, str]:
    table = OLD if age >= 62 else MIDDLE if age >= 20 else YOUNG
    return {"female": table["female"], "male": table["male"]}


def family_name(human: Human) -> str:
    """The surname that a child takes."""
    return human.name[:2] if human.name[:2] in DOUBLE else human.name[0]
