"""The same job with Selenium: the waits and clicks that its documentation teaches."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support import expected_conditions as when
from selenium.webdriver.support.wait import WebDriverWait

from bench.rivals.douyin_shop import RECORDS, REVIEWS
from bench.stage import Stage, Task


def driver(browser: Path) -> webdriver.Chrome | None:
    """A driven browser, or None where no chromedriver is installed."""
    found = shutil.which("chromedriver")
    if found is None:
        return None
    options = webdriver.ChromeOptions()
    options.binary_location = str(browser)
    for argument in ("--headless", "--no-sandbox", "--lang=zh-CN", "--window-size=1366,900", "--disable-sync"):
        options.add_argument(argument)
    return webdriver.Chrome(options, webdriver.ChromeService(found))


def sign_in(chrome: webdriver.Chrome, stage: Stage, state: dict[str, Any]) -> None:
    """Take over a living session."""
    chrome.get(stage.site.url + "/login/common")
    chrome.delete_all_cookies()
    for cookie in state["cookies"]:
        chrome.add_cookie({"name": cookie["name"], "value": cookie["value"], "path": "/"})


def file(chrome: webdriver.Chrome, stage: Stage, task: Task) -> None:
    """One appeal, in the one tab."""
    wait = WebDriverWait(chrome, 30, poll_frequency=0.1)

    def clickable(xpath: str) -> WebElement:
        found: WebElement = wait.until(when.element_to_be_clickable((By.XPATH, xpath)))
        return found

    def search(placeholder: str) -> None:
        field = clickable(f"//input[contains(@placeholder, '{placeholder}')]")
        field.send_keys(task.order_no)
        clickable("//button[contains(normalize-space(.), '查')][contains(., '询')]").click()

    chrome.get(stage.site.url + REVIEWS)
    search("商品编号")
    row = f"//tr[contains(., '{task.order_no}')]"
    wait.until(lambda seen: len(seen.find_elements(By.XPATH, "//tr[contains(@class, 'auxo-table-row')]")) == 1)
    clickable(f"{row}//button[contains(., '申诉')]").click()
    clickable("//div[@role='dialog']//div[contains(@class, 'auxo-select-selector')]").click()
    clickable(f"//div[contains(@class, 'auxo-select-item-option')][contains(., '{task.reason}')]").click()
    form = chrome.find_element(By.XPATH, "//div[@role='dialog']")
    form.find_element(By.TAG_NAME, "textarea").send_keys(task.description)
    paths = "\n".join(task.files)
    form.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(paths)
    done = (By.CSS_SELECTOR, ".auxo-upload-list-item-done")
    wait.until(lambda seen: len(seen.find_elements(*done)) == len(task.files))
    clickable("//div[@role='dialog']//button[contains(., '提交申诉')]").click()
    clickable("//button[contains(., '确认提交')]").click()
    wait.until(when.visibility_of_element_located((By.XPATH, "//*[text()='提交成功']")))
    chrome.get(stage.site.url + RECORDS)
    search("记录编号")
    wait.until(when.visibility_of_element_located((By.XPATH, row)))
