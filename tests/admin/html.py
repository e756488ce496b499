"""Reading pages: only as much of HTML as tests ask for."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """A parsed page: its elements in order, each with its attributes and its text."""

    VOID = frozenset({"input", "br", "img", "meta", "link", "option", "hr", "path", "use"})

    def __init__(self, response):
        super().__init__()
        self.elements = []
        self._open = []
        self.feed(response.content.decode() if hasattr(response, "content") else response)

    def handle_starttag(self, tag, attrs):
        within = [parent["attrs"].get("id") for parent in self._open]
        element = {"tag": tag, "text": "", "attrs": dict(attrs), "within": within}
        self.elements.append(element)
        if tag not in self.VOID:
            self._open.append(element)

    def handle_endtag(self, tag):
        while any(element["tag"] == tag for element in self._open):
            if self._open.pop()["tag"] == tag:
                return

    def handle_data(self, data):
        for element in self._open:
            element["text"] += data

    def all(self, tag, **attrs):
        """The elements of that tag whose attributes hold these words."""
        return [
            element
            for element in self.elements
            if element["tag"] == tag
            and all(
                value in (element["attrs"].get(name.rstrip("_")) or "").split()
                or value == element["attrs"].get(name.rstrip("_"))
                for name, value in attrs.items()
            )
        ]

    def one(self, tag, **attrs):
        found = self.all(tag, **attrs)
        assert len(found) == 1, f"{len(found)} <{tag}> with {attrs}"
        return found[0]

    def text(self, tag, **attrs):
        return " ".join(self.one(tag, **attrs)["text"].split())

    def link(self, **attrs):
        return self.one("a", **attrs)["attrs"]["href"]

    def has(self, tag, **attrs):
        return bool(self.all(tag, **attrs))

    @property
    def rows(self):
        """The texts of the cells of each row of the list."""
        rows = []
        for element in self._in_list("tr", "td", "th"):
            if element["tag"] == "tr":
                rows.append([])
            elif "action-checkbox" not in (element["attrs"].get("class") or ""):
                rows[-1].append(" ".join(element["text"].split()))
        return rows[1:]

    @property
    def heads(self):
        """What stands in the head of each column, roles included."""
        heads = (e for e in self._in_list("th") if e["attrs"].get("scope") == "col")
        return [" ".join(head["text"].split()) for head in heads if head["text"].strip()]

    def _in_list(self, *tags):
        return [e for e in self.elements if e["tag"] in tags and "result_list" in e["within"]]
