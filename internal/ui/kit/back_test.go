package kit

import "testing"

// TestNobodyIsSentToAnotherSite is S20: the ways to write another site's address that are known to pass careless checks.
func TestNobodyIsSentToAnotherSite(t *testing.T) {
	t.Parallel()
	vectors := []string{
		"https://evil.example", "http://evil.example/", "HTTPS://evil.example", "//evil.example", "///evil.example", "////evil.example",
		"/\\evil.example", "\\/evil.example", "\\\\evil.example", "/\\/evil.example", "/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example",
		"\t//evil.example", " //evil.example", "/ /evil.example", "\x00//evil.example", "/\x0b/evil.example", "/%2f%2fevil.example", "/%2Fevil.example",
		"/%5cevil.example", "/%5Cevil.example", "/%252fevil.example", "/%25252f%25252fevil.example", "/%09/evil.example", "/%0a/evil.example", "/%0d%0aLocation:%20//evil.example",
		"javascript:alert(1)", "java\tscript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "mailto:a@evil.example",
		"evil.example", "@evil.example", ":80", "https:evil.example", "https:/evil.example", "/\u2028/evil.example", "/\u3000evil.example", "/。evil.example", "?x=1", "#x", "", "/%zz", "/%",
	}
	for _, back := range vectors {
		if got := LocalPath(back); got != "/" {
			t.Errorf("%q leads to %q", back, got)
		}
	}
	if len(vectors) < 40 {
		t.Errorf("%d vectors, want at least 40", len(vectors))
	}
	for _, back := range []string{"/", "/customers", "/customers?q=oak%20st&status=active", "/quotes/0190a1b2", "/customers?back=https://x.example", "/q/a%20b", "/customers#notes", "/customers?q=%2f%2f"} {
		if got := LocalPath(back); got != back {
			t.Errorf("%q leads to %q", back, got)
		}
	}
	t.Logf("%d vectors", len(vectors))
}
