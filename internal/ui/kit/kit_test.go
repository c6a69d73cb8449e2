package kit

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
)

func TestLookIsRenderedIntoTheRootElement(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: LookCookie, Value: "daylight.field.off"})
	root := one(t, rendered(t, Plain(PlainFrame{Page: Page{Title: "Log in", Look: LookOf(r)}})), "html", nil)
	if !hasAll(root, map[string]string{"data-theme": "daylight", "data-density": "field", "data-keys": "off"}) {
		t.Errorf("root is %v, want daylight, field, keys off", root.Attr)
	}
}

func TestLookIgnoresWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"", "dark", "x.y.z", `"><script>..`, "a.b.c.d"} {
		if got := parseLook(value); got != (Look{}) {
			t.Errorf("cookie %q gives %+v, want the device's own", value, got)
		}
	}
}

func TestSetLookKeepsTheRestAndStaysOnThisSite(t *testing.T) {
	t.Parallel()
	for back, want := range map[string]string{
		"/quotes?view=mine": "/quotes?view=mine", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "": "/",
	} {
		form := url.Values{"theme": {"dark"}, "back": {back}}
		r := httptest.NewRequest(http.MethodPost, LookPath, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: LookCookie, Value: "light.field."})
		w := httptest.NewRecorder()
		SetLook(w, r)
		if got := w.Header().Get("Location"); got != want {
			t.Errorf("back %q leads to %q, want %q", back, got, want)
		}
		if got := w.Result().Cookies()[0].Value; got != "dark.field." {
			t.Errorf("cookie = %q, want dark.field.", got)
		}
	}
}

func TestTextFromOutsideIsEscaped(t *testing.T) {
	t.Parallel()
	const evil = `<script>alert(1)</script>"onload="x`
	root := rendered(t, Shell(ShellFrame{Page: Page{Title: evil, Place: evil}, Company: evil, Person: Person{Name: evil}, Strips: []Message{{Text: evil}}}))
	for _, s := range all(root, "script", nil) {
		if _, external := attr(s, "src"); !external {
			t.Errorf("a script got in: %s", text(s))
		}
	}
	if got := text(one(t, root, "title", nil)); got != evil+" · "+evil {
		t.Errorf("title = %q", got)
	}
}

func TestAddressesThatAreScriptsAreNotLinked(t *testing.T) {
	t.Parallel()
	root := rendered(t, TitleBlock([]Fact{{Label: "Site", Value: "x", Href: "javascript:alert(1)"}}))
	if href, _ := attr(one(t, root, "a", nil), "href"); strings.HasPrefix(href, "javascript:") {
		t.Errorf("a script became a link: %s", href)
	}
}

func TestRefusedActionStaysAndExplains(t *testing.T) {
	t.Parallel()
	root := rendered(t, Button(Action{Label: "New job", Href: "/jobs", Post: true, Refused: "Read-only since Mar 14."}, Primary))
	if len(all(root, "form", nil)) > 0 || len(all(root, "a", nil)) > 0 {
		t.Error("a refused action can still be sent")
	}
	if got := text(root); !strings.Contains(got, "New job") || !strings.Contains(got, "Read-only since Mar 14.") {
		t.Errorf("got %q, want the label and why", got)
	}
}

func TestPhoneBarHasFourEntriesAndMoreHasTheRest(t *testing.T) {
	t.Parallel()
	var f ShellFrame
	for _, name := range []string{"A", "B", "C", "D", "E", "F"} {
		f.Nav = append(f.Nav, NavItem{Label: name, Href: "/" + name, Phone: name != "B"})
	}
	if got := len(f.phone()); got != 4 {
		t.Errorf("phone's bar has %d entries, want 4", got)
	}
	if more := f.more(); len(more) != 2 || more[0].Label != "B" || more[1].Label != "F" {
		t.Errorf("more has %v, want B and F", more)
	}
}

func TestRowIsOneLinkWithItsCellsInPhonePlaces(t *testing.T) {
	t.Parallel()
	root := rendered(t, ListView(List{
		Name:    "Quotes",
		Columns: []Column{{Label: "Customer", Priority: 1}, {Label: "Total", Priority: 2, Figure: true, Phone: PhoneRight}, {Label: "Person", Priority: 4}},
		Rows:    []Row{{Href: "/quotes/1", Cells: []Cell{{Text: "Dana Ruiz"}, MoneyCell(money.Cents(684922)), {Text: "Maria"}}}},
		More:    "/quotes?after=x",
	}))
	if href, _ := attr(one(t, root, "a", map[string]string{"class": "row-link"}), "href"); href != "/quotes/1" {
		t.Errorf("row leads to %q, want /quotes/1", href)
	}
	cell := one(t, root, "td", map[string]string{"class": "on-right"})
	if title, _ := attr(one(t, cell, "span", nil), "title"); text(cell) != "$6,849" || title != "$6,849.22" {
		t.Errorf("money cell shows %q with title %q, want $6,849 and $6,849.22", text(cell), title)
	}
	if got := text(one(t, root, "a", map[string]string{"href": "/quotes?after=x"})); got != "Load 50 more" {
		t.Errorf("way to more says %q", got)
	}
}

func TestListThatFailedKeepsItsFilterLine(t *testing.T) {
	t.Parallel()
	root := rendered(t, ListView(List{Name: "Jobs", Filter: &Filter{Action: "/jobs", Query: "oak"}, Failed: &Failure{Text: "Late.", Retry: "/jobs?q=oak", Request: "7F3K2"}, More: "/jobs?after=x"}))
	if q, _ := attr(one(t, root, "input", map[string]string{"name": "q"}), "value"); q != "oak" {
		t.Errorf("search box holds %q, want oak", q)
	}
	if got := text(root); !strings.Contains(got, "Request 7F3K2") || strings.Contains(got, "Load 50 more") {
		t.Errorf("got %q, want the request and no way to more", got)
	}
}

func TestConflictPreselectsTheOthersValueWhereMineDidNotChange(t *testing.T) {
	t.Parallel()
	root := rendered(t, ConflictPage(Conflict{Who: "Maria", Noun: "customer", When: "10:41", Action: "/customers/1", Theirs: 8, Keep: "/customers/1", Fields: []Difference{
		{Name: "phone", Label: "Phone", Yours: "1", Hers: "2", Changed: true},
		{Name: "email", Label: "E-mail", Yours: "", Hers: "d@example.com"},
	}}))
	for name, want := range map[string]string{"phone": "1", "email": "d@example.com"} {
		chosen := one(t, root, "input", map[string]string{"name": name, "checked": ""})
		if got, _ := attr(chosen, "value"); got != want {
			t.Errorf("%s: preselected %q, want %q", name, got, want)
		}
	}
	if v, _ := attr(one(t, root, "input", map[string]string{"name": VersionField}), "value"); v != "8" {
		t.Errorf("version = %q, want the one that was seen, 8", v)
	}
	if got := text(root); !strings.Contains(got, "Maria changed this customer at 10:41 while you were editing.") {
		t.Errorf("got %q, want who and when", got)
	}
}

func TestRefusalsSayWhatToDoAndNeverTheCause(t *testing.T) {
	t.Parallel()
	secret := fault.New(fault.Internal, "internal", "x").Because(http.ErrAbortHandler)
	r := RefusalOf(secret, "7F3K2")
	if strings.Contains(r.Heading+r.Text, http.ErrAbortHandler.Error()) || r.Request != "7F3K2" {
		t.Errorf("internal: got %+v, want the request number and no cause", r)
	}
	late := fault.New(fault.RateLimited, "slow-down", "Too many tries.")
	for after, want := range map[time.Duration]string{time.Second: "1 second.", 30 * time.Second: "30 seconds.", 61 * time.Minute: "61 minutes."} {
		late.RetryAfter = after
		if got := RefusalOf(late, "").Text; !strings.HasSuffix(got, "Try again in "+want) {
			t.Errorf("after %v: got %q, want it to end with %q", after, got, want)
		}
	}
	unknown := fault.New(fault.Unavailable, "payments-unreachable", "Whether this was given back is not known yet.")
	if got := RefusalOf(unknown, "7F3K2"); got.Text != unknown.Message || got.Request != "7F3K2" {
		t.Errorf("got %+v, want what became of it", got)
	}
	late.Message = "Too many tries. Try again in 5 min."
	if got := RefusalOf(late, "").Text; got != late.Message {
		t.Errorf("got %q, want that it says once when to come back", got)
	}
}

func TestMeterTellsItsStateInMoreThanColor(t *testing.T) {
	t.Parallel()
	for used, want := range map[int64]Tone{0: Calm, 39: Calm, 40: Watch, 49: Watch, 50: Bad, 60: Bad} {
		m := Meter{Label: "Jobs", Used: used, Limit: 50}
		if got := m.tone(); got != want {
			t.Errorf("%d of 50: tone %q, want %q", used, got, want)
		}
		root := rendered(t, UsageMeter(m))
		if icon := len(all(root, "svg", nil)) > 0; icon != (want != Calm) {
			t.Errorf("%d of 50: icon shown is %v", used, icon)
		}
	}
	if got := (Meter{Used: 214}).tone(); got != Calm {
		t.Errorf("without a limit: tone %q, want calm", got)
	}
}

func TestCountsAreWrittenByRule(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "no posts", 1: "1 post", 2: "2 posts", 1234: "1,234 posts"} {
		if got := Count(n, "post", "posts"); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int]string{214: "214", 10000: "10,000", 12345: "about 12,000", -1234: "-1,234"} {
		if got := Total(n); got != want {
			t.Errorf("Total(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestPhoneNumbersCanBeCalled(t *testing.T) {
	t.Parallel()
	for phone, want := range map[string]string{"512-555-0143": "tel:+15125550143", "(512) 555-0143": "tel:+15125550143", "+1 512 555 0143": "tel:+15125550143", "": ""} {
		if got := telHref(phone); got != want {
			t.Errorf("telHref(%q) = %q, want %q", phone, got, want)
		}
	}
}
