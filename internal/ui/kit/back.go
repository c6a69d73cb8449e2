package kit

import (
	"net/url"
	"strings"
)

// LocalPath is where a person goes on, if that is a page of this host; else the first page. What browsers read as
// another host's address ("//host", "/\\host", tabs in between), or what is decoded to one on the way, leads nowhere.
func LocalPath(back string) string {
	const first = "/"
	if len(back) > 2000 || !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.ContainsFunc(back, notInAddress) {
		return first
	}
	u, err := url.Parse(back)
	if err != nil || u.Host != "" || u.Scheme != "" || u.User != nil {
		return first
	}
	for path, more := u.Path, true; more; { // decoded again by whoever stands between, it has to stay a path of ours
		if strings.HasPrefix(path, "//") || strings.ContainsFunc(path, turning) {
			return first
		}
		decoded, err := url.PathUnescape(path)
		if err != nil {
			return first
		}
		path, more = decoded, decoded != path
	}
	return back
}

// turning are characters that browsers drop, or take for a slash.
func turning(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f }

// notInAddress are those that an encoded address does not have at all.
func notInAddress(r rune) bool { return turning(r) || r == ' ' || r > 0x7e }
