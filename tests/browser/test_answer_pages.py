"""Pages that no address shows by itself: errors, and what a form answers with."""

import pytest

from bangfu.paths import TEMPLATES
from bangfu.shared import i18n
from bangfu.shared.web.pages import environment
from tests.browser.conftest import DESKTOP, PHONE, Portal, faults_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
ERRORS = sorted(file.stem for file in (TEMPLATES / "errors").glob("[0-9]*.html"))


@pytest.mark.parametrize("status", ERRORS)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_an_error_page_is_accessible(status: str, size: dict[str, int], portal: Portal) -> None:
    i18n.use("zh")
    html = environment().get_template(f"errors/{status}.html").render(
        lang="zh-CN", large_type=False, actor=None, menu=[], flashes=[], inbox_count=0, data_time="", path="/",
        demo=True, errors={}, message="请返回重试。", csrf_field=lambda: "", reference="7f3a",
    )  # fmt: skip
    context = await portal.chromium.new_context(viewport=size, base_url=portal.url)
    page = await context.new_page()
    await page.goto("/help")
    await page.set_content(html, wait_until="networkidle")
    assert await faults_of(page) == []
    await context.close()


async def test_the_page_with_a_first_password_is_accessible(portal: Portal) -> None:
    page = await portal.person("admin", lang="zh")
    await page.goto("/accounts/new")
    await page.fill("input[name=username]", "xin-zhanghao")
    await page.fill("input[name=display_name]", "测试新人")
    await page.check("input[name=roles][value=auditor]")
    await page.fill("input[name=scope]", "990101")
    await page.click("main form.form button[type=submit]")
    assert "xin-zhanghao" in await page.inner_text("main")
    assert await faults_of(page) == []
    await page.context.close()


@pytest.mark.parametrize("path", ["/households/new", "/accounts/new", "/match/new"])
async def test_a_form_with_faults_is_accessible_and_takes_the_focus_to_the_summary(path: str, portal: Portal) -> None:
    name = {"/households/new": "coordinator", "/accounts/new": "admin", "/match/new": "dispatcher"}[path]
    page = await portal.person(name, phone=True, lang="zh")
    await page.goto(path)
    if path == "/match/new":
        await page.fill("input[name=time_limit]", "-5")
    await page.click("main form.form button[type=submit] >> nth=0")
    await page.wait_for_selector(".error-summary, [role=alert]")
    assert await faults_of(page) == []
    await page.context.close()
