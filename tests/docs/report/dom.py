"""What a browser made of a report: dom.py <DOM, as JSON."""

import html.parser
import json
import sys


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = {"title": "", "scripts": 0, "images": 0, "handlers": [], "loads": [], "script_ran": False, "shown": "",
                      "steps": 0, "visible_steps": [], "visible_packages": [], "failed": [], "text": ""}
        self.texts = []
        self.inside, self.table, self.section, self.seen_body = "", "", "", False

    def handle_starttag(self, tag, attributes):
        has, found = dict(attributes), self.found
        found["scripts"] += tag == "script"
        found["images"] += tag in ("img", "iframe", "object", "embed", "link", "video")
        found["handlers"] += [name for name in has if name.startswith("on")]
        found["loads"] += [v for k, v in has.items() if k in ("src", "href", "xlink:href") and not v.startswith("#")]
        if tag == "html":
            found["script_ran"] = has.get("class") == "js"
        if tag in ("table", "section"):
            self.table, self.section = has.get("id", self.table), has.get("class", "") if tag == "section" else self.section
        if tag == "tr" and "data-package" in has:
            found["steps"] += self.table == "steps"
            if "hidden" not in has:
                found["visible_" + self.table].append(has["data-package"])
        # A time line's bars have titles, too.
        is_title = tag == "title" and not self.seen_body
        self.seen_body = self.seen_body or tag == "body"
        if is_title or tag in ("output", "script", "style") or tag == "a" and self.section == "failed":
            self.inside = tag

    def handle_endtag(self, tag):
        if tag == self.inside:
            self.inside = ""

    def handle_data(self, data):
        found = self.found
        if self.inside == "title":
            found["title"] += data
        elif self.inside == "output":
            found["shown"] += data
        elif self.inside == "a":
            found["failed"].append(data)
        elif not self.inside:
            self.texts.append(data)


page = Page()
page.feed(sys.stdin.read())
page.found["text"] = "".join(page.texts)
json.dump(page.found, sys.stdout)
