package onboarding

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var legal = regexp.MustCompile(`^[a-z](?:[a-z0-9]|-[a-z0-9]){1,38}[a-z0-9]$|^[a-z][a-z0-9-]{1,38}[a-z0-9]$`)

func checkLegal(t interface{ Errorf(string, ...any) }, name, slug string) {
	if !legal.MatchString(slug) || strings.Contains(slug, "--") || len(slug) > maxSlug || isReserved(slug) {
		t.Errorf("%q makes the address %q", name, slug)
	}
}

func TestAnyNameMakesALegalAddress(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		try := candidates(name)
		for attempt := range 12 {
			checkLegal(t, name, try(attempt))
		}
	})
}

func TestNamesOfTheTradeReadWell(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Acme Fence": "acme-fence", "Oak & Iron Fence LLC": "oak-and-iron-fence", "Müller & Söhne": "muller-and-sohne",
		"O'Brien Fencing, Inc.": "obrien-fencing", "Łódź Płoty": "lodz-ploty", "3 Brothers Fence": "brothers-fence", "A-1": "a-1",
		"中文围栏": "org-", "🏡🏡🏡": "org-", "شركة الأسوار": "org-", "<script>alert(1)</script>": "script-alert-1-script",
	} {
		got := slugOf(name)
		if strings.HasSuffix(want, "-") && strings.HasPrefix(got, want) {
			checkLegal(t, name, got)
			continue
		}
		if got != want {
			t.Errorf("slugOf(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestReservedNamesAndTheirLookalikesAreRefused(t *testing.T) {
	t.Parallel()
	n := 0
	for _, word := range strings.Fields(reservedText) {
		n++
		for _, variant := range []string{word, strings.ToUpper(word), strings.ReplaceAll(word, "i", "1"), strings.ReplaceAll(word, "o", "0"), strings.ReplaceAll(word, "m", "rn"), strings.ReplaceAll(word, "w", "vv")} {
			if slug := slugOf(variant); isReserved(slug) {
				t.Errorf("%q became the reserved address %q", variant, slug)
			}
		}
	}
	if !isReserved("adm1n") || !isReserved("ap1") || isReserved("acme") {
		t.Error("look-alikes are not told from names")
	}
	t.Logf("%d reserved names", n)
}
