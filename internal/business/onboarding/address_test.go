package onboarding

import (
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"

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

// O5. Any text makes a legal address, and so do the next ones to try: 20,000 texts, a million in the long form.
func TestAMillionNamesMakeLegalAddresses(t *testing.T) {
	t.Parallel()
	names, seed := 20_000, uint64(17)
	if os.Getenv("FENCE_SIGNUP") == "long" {
		names, seed = 1_000_000, rand.Uint64()
	}
	t.Logf("%d names of seed %d", names, seed)
	words := append(strings.Fields(reservedText), "xn--", "-", "--", ".", "fence", "LLC", "1", "0", "rn", "vv", "cl", "İ", "ǅ", "ﬃ", "\u202e", "\x00", "👷", "é", "ß", "&")
	r := rand.New(rand.NewPCG(seed, seed))
	for range names {
		var b strings.Builder
		for range 1 + r.IntN(6) {
			switch r.IntN(4) {
			case 0:
				b.WriteString(words[r.IntN(len(words))])
			case 1:
				b.WriteRune(rune(r.IntN(unicode.MaxRune)))
			case 2:
				b.WriteByte(byte(r.IntN(256)))
			default:
				b.WriteByte("-_. 0123456789abcXYZ"[r.IntN(20)])
			}
		}
		try := candidates(b.String())
		for _, attempt := range []int{0, 1, 5, 6, 30} {
			checkLegal(t, b.String(), try(attempt))
		}
		if t.Failed() {
			return
		}
	}
}

// What the eye takes for one of ours is ours.
func TestLooksLikeOurs(t *testing.T) {
	t.Parallel()
	for slug, ours := range map[string]bool{
		"admin": true, "adm1n": true, "adrnin": true, "ad-min": true, "a-d-m-i-n": true, "www": true, "vvvvvv": true, "wvvw": true, "1ogin": true, "log1n": true,
		"bi11ing": true, "fi1es": true, "stat1c": true, "c1ient": false, "paypa1": true, "supp0rt": true, "he1p": true, "ns1": true, "ns17": true, "mx4": true, "api2": true,
		"fencep1atforrn": true, "acme": false, "acrne": false, "admin-fence": false, "oak-and-iron": false, "nelson": false, "apex-fence": false,
	} {
		if isReserved(slug) != ours {
			t.Errorf("%s: ours is %v, want %v", slug, !ours, ours)
		}
	}
	for _, name := range []string{"Admin", "ADMIN", "adm1n", "A.D.M.I.N", "www", "Login LLC", "PayPal", "xn--80ak6aa92e", "a--b", "-- --", "_dmarc"} {
		if slug := slugOf(name); isReserved(slug) || strings.Contains(slug, "--") || strings.HasPrefix(slug, "xn-") && !legal.MatchString(slug) {
			t.Errorf("%q became %q", name, slug)
		}
	}
}

// The words of the file are such that a slug can be one of them, but for those too short for any.
func TestReservedWordsAreInTheFormOfAddresses(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, word := range strings.Fields(reservedText) {
		if !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(word) {
			t.Errorf("%q can be no address", word)
		}
		if seen[word] {
			t.Errorf("%q stands there twice", word)
		}
		seen[word] = true
	}
	if len(seen) < 190 {
		t.Errorf("%d words, want 190 at least", len(seen))
	}
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
