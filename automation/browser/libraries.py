"""Where the component families keep the parts of their widgets: CSS by part name, `{prefix}` for the class prefix.

A site may give its library another prefix (`Pack.prefix`), and a pack or an element may replace any part (`parts`).
Read from antd 5.29 and 6.6, Arco 2.66, Semi 2.90, Fusion 1.27 and Element Plus 2.14.

Parts of a select: `select` the widget, `select_open` where a click opens it, `select_value` the chosen option,
`select_tag` each of several chosen ones, `select_close` where a click closes the list (else where it opens it), or
`select_leave` (a key, not CSS) what closes it where no click does, `popup` the list (elsewhere in the document),
`option`, `option_off`, `scroller` what scrolls in the list.
Of a choice: `choice` one radio or box with its text, `choice_box` where a click ticks it (the text may hold links).
Of an upload: `upload` the widget, `upload_input`, `upload_item`, `upload_name`, `upload_done`, `upload_failed`,
`upload_busy`; `upload_open` what a person clicks to choose a file, `upload_menu` the entry of a menu that may come.
Of a table: `loading`, `empty` what stands for rows where there are none, `page_item` a number of the pager,
`page_now` the current one.
Of a form: `field` one with its label, `field_label`, `field_required` what marks the field. Of a page: `dialog`,
`dialog_title`, `tooltip`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from automation.pack import Element, Library, Pack

Parts = Mapping[str, str]

_NO_CSS: Final = ("select_leave",)

_PREFIX: Final = {
    Library.PLAIN: "",
    Library.ANTD: "ant",
    Library.ARCO: "arco",
    Library.SEMI: "semi",
    Library.FUSION: "next",
    Library.ELEMENT: "el",
}

_PLAIN: Final = {
    "select": "select",
    "select_open": "",
    "select_value": "",
    "select_tag": "",
    "select_close": "",
    "select_leave": "",
    "popup": "[role=listbox]",
    "option": "[role=option]",
    "option_off": "[aria-disabled=true], [disabled]",
    "scroller": "",
    "choice": "label:has(input[type=radio], input[type=checkbox]), [role=radio], [role=checkbox]",
    "choice_box": "input[type=radio], input[type=checkbox]",
    "upload": "form, fieldset, div",
    "upload_input": "input[type=file]",
    "upload_item": "li",
    "upload_name": "",
    "upload_done": "",
    "upload_failed": ".error, .failed",
    "upload_busy": "progress, [role=progressbar], [aria-busy=true]",
    "upload_open": "",
    "upload_menu": "",
    "empty": "",
    "loading": "[aria-busy=true]",
    "page_item": "",
    "page_now": "[aria-current=page], [aria-current=true]",
    "field": "p, fieldset, .field",
    "field_label": "label, legend",
    "field_required": "[required], [aria-required=true]",
    "dialog": "[role=dialog], [role=alertdialog], dialog",
    "dialog_title": ":is([role=dialog], [role=alertdialog], dialog) :is(h1, h2, h3, header)",
    "tooltip": "[role=tooltip]",
}

_PARTS: Final[Mapping[Library, Parts]] = {
    Library.PLAIN: _PLAIN,
    Library.ANTD: {
        "select": ".{prefix}-select:not(.{prefix}-select-dropdown)",
        # antd 6 has no selector and no arrow, but a content and a suffix; its chosen option is bare text in the content
        "select_open": "",
        "select_value": ".{prefix}-select-selection-item, .{prefix}-select-content-has-value",
        "select_tag": ".{prefix}-select-selection-item",
        "popup": ".{prefix}-select-dropdown",
        "option": ".{prefix}-select-item-option",
        "option_off": ".{prefix}-select-item-option-disabled",
        "scroller": ".rc-virtual-list-holder, .{prefix}-select-dropdown-list-holder",
        "choice": ".{prefix}-radio-wrapper, .{prefix}-radio-button-wrapper, .{prefix}-checkbox-wrapper",
        "choice_box": ".{prefix}-radio, .{prefix}-radio-button, .{prefix}-checkbox",
        "upload": ".{prefix}-upload-wrapper",
        "upload_input": "input[type=file]",
        "upload_item": ".{prefix}-upload-list-item",
        "upload_name": ".{prefix}-upload-list-item-name",
        "upload_done": ".{prefix}-upload-list-item-done",
        "upload_failed": ".{prefix}-upload-list-item-error",
        "upload_busy": ".{prefix}-upload-list-item-uploading",
        "empty": ".{prefix}-empty, .{prefix}-table-placeholder",
        "loading": ".{prefix}-spin-spinning, .{prefix}-spin-dot-spin, .{prefix}-skeleton-active",
        "page_item": ".{prefix}-pagination-item",
        "page_now": ".{prefix}-pagination-item-active",
        "field": ".{prefix}-form-item",
        "field_label": ".{prefix}-form-item-label label",
        "field_required": ".{prefix}-form-item-required, [aria-required=true]",
        "dialog": ".{prefix}-modal, .{prefix}-drawer-content, .{prefix}-drawer-section",
        "dialog_title": ".{prefix}-modal-title, .{prefix}-modal-confirm-title, .{prefix}-drawer-title",
        "tooltip": ".{prefix}-tooltip, .{prefix}-popover",
    },
    Library.ARCO: {
        "select": ".{prefix}-select:not(.{prefix}-select-popup)",
        "select_value": ".{prefix}-select-hidden ~ .{prefix}-select-view-value",
        "select_tag": ".{prefix}-tag",
        "select_leave": "Tab",
        "popup": ".{prefix}-select-popup",
        "option": ".{prefix}-select-option",
        "option_off": ".{prefix}-select-option-disabled",
        "scroller": ".{prefix}-select-popup-inner",
        "choice": ".{prefix}-radio, .{prefix}-checkbox",
        "choice_box": ".{prefix}-radio-mask-wrapper, .{prefix}-checkbox-mask-wrapper",
        "upload": ":has(> .{prefix}-upload)",  # the widget has no element of its own
        "upload_input": "input[type=file]",
        "upload_item": ".{prefix}-upload-list-item",
        "upload_name": ".{prefix}-upload-list-item-text-name-text",
        "upload_done": ".{prefix}-upload-list-item-done",
        "upload_failed": ".{prefix}-upload-list-item-error",
        "upload_busy": ".{prefix}-upload-list-item-uploading",
        "empty": ".{prefix}-empty, .{prefix}-table-no-data",
        "loading": ".{prefix}-spin-loading, .{prefix}-skeleton-animate",
        "page_item": ".{prefix}-pagination-item",
        "page_now": ".{prefix}-pagination-item-active",
        "field": ".{prefix}-form-item",
        "field_label": ".{prefix}-form-label-item label",
        "field_required": ".{prefix}-form-item-symbol",
        "dialog": ".{prefix}-modal, .{prefix}-drawer",
        "dialog_title": ".{prefix}-modal-title, .{prefix}-drawer-header-title",
        "tooltip": ".{prefix}-tooltip, .{prefix}-popover",
    },
    Library.SEMI: {
        "select": ".{prefix}-select",
        "select_value": ".{prefix}-select-selection-text:not(.{prefix}-select-selection-placeholder)",
        "select_tag": ".{prefix}-tag-content",
        "select_leave": "Tab",
        "popup": ".{prefix}-select-option-list-wrapper",
        "option": ".{prefix}-select-option",
        "option_off": ".{prefix}-select-option-disabled",
        "scroller": ".{prefix}-select-option-list > div, .{prefix}-select-option-list",
        "choice": ".{prefix}-radio, .{prefix}-checkbox",
        "choice_box": ".{prefix}-radio-inner, .{prefix}-checkbox-inner",
        "upload": ".{prefix}-upload",
        "upload_input": "input[type=file]:not(.{prefix}-upload-hidden-input-replace)",
        "upload_item": ".{prefix}-upload-file-card, .{prefix}-upload-picture-file-card",
        "upload_name": ".{prefix}-upload-file-card-info-name",
        "upload_done": "",  # it says nothing: done is what neither fails nor moves
        "upload_failed": ".{prefix}-upload-file-card-fail, .{prefix}-upload-picture-file-card-error",
        "upload_busy": ".{prefix}-progress, .{prefix}-progress-circle, .{prefix}-spin",
        "empty": ".{prefix}-table-placeholder, .{prefix}-empty",
        "loading": ".{prefix}-spin:not(.{prefix}-spin-hidden) > .{prefix}-spin-wrapper",
        "page_item": ".{prefix}-page-item",
        "page_now": ".{prefix}-page-item-active",
        "field": ".{prefix}-form-field",
        "field_label": ".{prefix}-form-field-label",
        "field_required": ".{prefix}-form-field-label-required, [aria-required=true]",
        "dialog": ".{prefix}-modal, .{prefix}-sidesheet-inner",
        "dialog_title": ".{prefix}-modal-title, .{prefix}-sidesheet-title",
        "tooltip": ".{prefix}-tooltip-wrapper",
    },
    Library.FUSION: {
        "select": ".{prefix}-select",
        "select_value": ".{prefix}-select-values > em",
        "select_tag": ".{prefix}-tag-body",
        "select_close": ".{prefix}-select-arrow",
        "popup": ".{prefix}-overlay-inner:has(.{prefix}-select-menu)",
        "option": ".{prefix}-select-menu-item",
        "option_off": ".{prefix}-disabled, [aria-disabled=true]",
        "scroller": ".{prefix}-select-menu-wrapper, .{prefix}-select-menu",
        "choice": ".{prefix}-radio-wrapper, .{prefix}-checkbox-wrapper",
        "choice_box": ".{prefix}-radio, .{prefix}-checkbox",
        "upload": ".{prefix}-upload",
        "upload_input": "input[type=file]",
        "upload_item": ".{prefix}-upload-list-item",
        "upload_name": ".{prefix}-upload-list-item-name > span:first-child",
        "upload_done": ".{prefix}-upload-list-item-done",
        "upload_failed": ".{prefix}-upload-list-item-error",
        "upload_busy": ".{prefix}-upload-list-item-uploading",
        "empty": ".{prefix}-table-empty",
        "loading": ".{prefix}-loading-tip, .{prefix}-loading-indicator",
        "page_item": ".{prefix}-pagination-list .{prefix}-pagination-item",
        "page_now": ".{prefix}-pagination-item.{prefix}-current",
        "field": ".{prefix}-form-item",
        "field_label": ".{prefix}-form-item-label label",
        "field_required": "label[required]",
        "dialog": ".{prefix}-dialog, .{prefix}-drawer",
        "dialog_title": ".{prefix}-dialog-header, .{prefix}-drawer-header",
        "tooltip": ".{prefix}-balloon",
    },
    Library.ELEMENT: {
        "select": ".{prefix}-select",
        "select_open": ".{prefix}-select__wrapper",  # its label and its combobox are covered
        "select_value": ".{prefix}-select__placeholder:not(.is-transparent)",
        "select_tag": ".{prefix}-select__tags-text",
        "popup": ".{prefix}-select__popper",
        "option": ".{prefix}-select-dropdown__item",
        "option_off": ".is-disabled",
        "scroller": ".{prefix}-vl__window, .{prefix}-select-dropdown__wrap",
        "choice": ".{prefix}-radio, .{prefix}-radio-button, .{prefix}-checkbox, .{prefix}-checkbox-button",
        "choice_box": ".{prefix}-radio__inner, .{prefix}-checkbox__inner",
        "upload": ":has(> .{prefix}-upload), :has(> .{prefix}-upload-list > .{prefix}-upload)",
        "upload_input": ".{prefix}-upload__input",
        "upload_item": ".{prefix}-upload-list__item",
        "upload_name": ".{prefix}-upload-list__item-file-name",
        "upload_done": ".is-success",
        "upload_failed": ".is-fail",
        "upload_busy": ".is-uploading",
        "empty": ".{prefix}-table__empty-block, .{prefix}-empty",
        "loading": ".{prefix}-loading-mask, .{prefix}-skeleton.is-animated",
        "page_item": ".{prefix}-pager .number",
        "page_now": ".{prefix}-pager .is-active",
        "field": ".{prefix}-form-item",
        "field_label": ".{prefix}-form-item__label",
        "field_required": ".{prefix}-form-item.is-required",
        "dialog": ".{prefix}-dialog, .{prefix}-drawer, .{prefix}-message-box",
        "dialog_title": ".{prefix}-dialog__title, .{prefix}-drawer__title, .{prefix}-message-box__title",
        "tooltip": ".{prefix}-popper:not(.{prefix}-select__popper)",
    },
}


def prefixes(pack: Pack, library: Library) -> list[str]:
    """The class prefixes of a library at a site: the site's own for its main library, else the usual one."""
    return pack.prefix.split() if pack.prefix and library is pack.library else [_PREFIX[library]]


def prefixed(css: str, pack: Pack, library: Library) -> str:
    """CSS with the class prefix of a library at a site. Where it uses several, what any of them matches is meant."""
    if "{prefix}" not in css:
        return css
    return ", ".join(css.replace("{prefix}", one) for one in prefixes(pack, library))


def families(pack: Pack, element: Element | None = None) -> tuple[Library, ...]:
    """The libraries that an element may be built with, the site's main one first."""
    if element is not None and element.library is not None:
        return (element.library,)
    return (pack.library, *pack.also)


def parts(pack: Pack, element: Element | None = None) -> Parts:
    """The CSS of every part, for one element or for the site as a whole. A part without CSS is the empty string.

    Where it may be of several libraries, the CSS is that of any of them.
    """
    first, *others = (parts_of(pack, library, element) for library in families(pack, element))
    return {name: _either(name, [css, *(one[name] for one in others)]) for name, css in first.items()}


def _either(name: str, each: list[str]) -> str:
    return each[0] if name in _NO_CSS else ", ".join(dict.fromkeys(filter(None, each)))


def parts_of(pack: Pack, library: Library, element: Element | None = None) -> Parts:
    """The CSS of every part in one library, with what the pack says of the element."""
    named: dict[str, str] = dict.fromkeys(_PLAIN, "")
    named.update(_PARTS[library])
    if library is pack.library:
        named.update(pack.parts)
    if element is not None:
        named.update(element.parts)
    return {name: prefixed(css, pack, library) for name, css in named.items()}
