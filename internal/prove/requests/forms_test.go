package requests

import "testing"

func TestFormsAreReadAsABrowserWouldSendThem(t *testing.T) {
	t.Parallel()
	forms := Forms(`<main><form method="get" action="/search"><input name="q"></form>
		<input form="draft" name="before" value="1">
		<form method="post" action="/quotes/1" id="draft"><input type="hidden" name="version" value="3"><input type="checkbox" name="on" checked><input type="checkbox" name="off" value="x">
		<input type="radio" name="tier" value="basic"><input type="radio" name="tier" value="elite" checked><textarea name="terms">
Pay.</textarea><select name="zone"><option value="a">A<option value="b" selected>B</select><noscript><button formaction="/quotes/1/look">Look</button></noscript></form></main>`)
	if len(forms) != 1 || forms[0].Action != "/quotes/1" || len(forms[0].Buttons) != 1 || forms[0].Buttons[0] != "/quotes/1/look" {
		t.Fatalf("got %+v", forms)
	}
	if got, want := forms[0].Fields.Encode(), "before=1&on=on&terms=Pay.&tier=elite&version=3&zone=b"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestPatternsMatchPaths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"/quotes/{id}", "/quotes/7", true}, {"/quotes/{id}", "/quotes/7?x=1", true}, {"/quotes/{id}", "/quotes/7/send", false},
		{"/quotes/{id}/send", "/quotes/7/look", false}, {"/{$}", "/", true},
	} {
		if got := matches(c.pattern, c.path); got != c.want {
			t.Errorf("%s takes %s: %v", c.pattern, c.path, got)
		}
	}
}
