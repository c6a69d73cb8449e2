package settings

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

const keysPath = "/settings/api-keys"

func (h *Handlers) keyRoutes() []shell.Route {
	return []shell.Route{
		{Pattern: "GET " + keysPath, Needs: tenancy.APIKeysWrite, Serve: h.apiKeys},
		{Pattern: "GET " + keysPath + "/new", Needs: tenancy.APIKeysWrite, Serve: h.newAPIKey},
		{Pattern: "POST " + keysPath, Needs: tenancy.APIKeysWrite, Serve: h.createAPIKey},
		{Pattern: "GET " + keysPath + "/{id}/revoke", Needs: tenancy.APIKeysWrite, Serve: h.askToRevoke},
		{Pattern: "POST " + keysPath + "/{id}/revoke", Needs: tenancy.APIKeysWrite, Serve: h.revokeAPIKey},
	}
}

func keyPage(title string) shell.Page {
	return shell.Page{Title: title, Area: shell.AreaSettings, Back: &kit.Link{Label: "API keys", Href: keysPath}}
}

func (h *Handlers) apiKeys(w http.ResponseWriter, r *http.Request) error {
	c := caller.Of(r)
	keys, err := h.Identity.APIKeys(r.Context(), c.Actor)
	if err != nil {
		return err
	}
	lock, create := lockOf(c, plan.FeatureAPIKeys), kit.Action{Label: "Create key", Icon: "key-round", Href: keysPath + "/new"}
	if lock != "" {
		create.Refused = "API keys are a part of " + lock + "."
	}
	create = shell.Writes(c, create)
	return h.Pages.Show(w, r, page("API keys"), keysView(keyList(keys, create, c.Actor.Org.Zone(), c.Now), create, lock))
}

func keyList(keys []identity.APIKey, create kit.Action, zone *time.Location, now time.Time) kit.List {
	l := kit.List{
		Name: "API keys",
		Columns: []kit.Column{
			{Label: "Name", Priority: 1}, {Label: "Begins with", Priority: 3}, {Label: "May", Priority: 2}, {Label: "Last used", Priority: 2, Phone: kit.PhoneSecond},
			{Label: "Made by", Priority: 4}, {Label: "State", Priority: 1, Phone: kit.PhoneRight},
		},
		Empty: kit.Empty{Heading: "No keys", Text: "Create one to connect another program.", Actions: []kit.Action{create}},
	}
	for _, k := range keys {
		row := kit.Row{ID: k.ID.String(), Cells: []kit.Cell{
			{Text: k.Name, Title: "created " + day(k.CreatedAt.In(zone))}, {Text: shownKey(k)}, {Text: scopeWords(k.Scopes)}, lastUsed(k, zone, now), {Text: k.MadeBy}, {Chip: keyState(k, zone, now)},
		}}
		if k.RevokedAt == nil {
			row.Menu = []kit.Action{{Label: "Revoke this key", Icon: "ban", Href: keysPath + "/" + k.ID.String() + "/revoke", Danger: true}}
		}
		l.Rows = append(l.Rows, row)
	}
	return l
}

// shownKey is what a key is told by: its beginning, of older ones the end.
func shownKey(k identity.APIKey) string {
	if k.Prefix != "" {
		return k.Prefix + "…"
	}
	return "…" + k.Ending
}

func scopeWords(scopes identity.Scopes) string {
	if len(scopes) == 0 {
		return "Say whose it is"
	}
	words := make([]string, 0, len(scopes))
	for _, s := range scopes {
		words = append(words, s.Words())
	}
	return strings.Join(words, " · ")
}

func lastUsed(k identity.APIKey, zone *time.Location, now time.Time) kit.Cell {
	if k.LastUsedAt == nil {
		return kit.Cell{Text: "not yet used"}
	}
	at := k.LastUsedAt.In(zone)
	return kit.Cell{Text: shell.DayName(at, now.In(zone)) + ", " + at.Format("3:04 PM"), Title: at.Format("Mon, Jan 2, 2006, 3:04 PM MST")}
}

func keyState(k identity.APIKey, zone *time.Location, now time.Time) kit.Chip {
	switch {
	case k.RevokedAt != nil:
		return kit.Chip{Word: "Revoked", Tone: kit.Calm, Icon: "ban"}
	case k.ExpiresAt == nil:
		return kit.Chip{Word: "Works", Tone: kit.Good, Icon: "check"}
	case !k.ExpiresAt.After(now):
		return kit.Chip{Word: "Ended " + k.ExpiresAt.In(zone).Format("Jan 2"), Tone: kit.Calm, Icon: "clock"}
	}
	return kit.Chip{Word: "Until " + k.ExpiresAt.In(zone).Format("Jan 2, 2006"), Tone: kit.Good, Icon: "check"}
}

// keyForm is the form of a new key.
type keyForm struct {
	Name     string
	Days     string
	Scopes   identity.Scopes
	Problems kit.Problems
}

func (h *Handlers) newAPIKey(w http.ResponseWriter, r *http.Request) error {
	return h.Pages.Show(w, r, keyPage("Create a key"), newKeyView(keyForm{Days: "365"}))
}

// scopeField is the name of a group's choice.
func scopeField(g identity.ScopeGroup) string { return "scope-" + g.Name }

func (f keyForm) options(g identity.ScopeGroup) []kit.Option {
	options := []kit.Option{{Value: "", Label: "No access"}}
	if s := g.Reads(); s != "" {
		options = append(options, kit.Option{Value: string(s), Label: "Read"})
	}
	if s := g.Writes(); s != "" {
		label := "Read and change"
		if g.Reads() == "" {
			label = "Create and revoke"
		}
		options = append(options, kit.Option{Value: string(s), Label: label})
	}
	return options
}

// chosen is the group's choice so far.
func (f keyForm) chosen(g identity.ScopeGroup) string {
	for _, s := range f.Scopes {
		if s != "" && (s == g.Reads() || s == g.Writes()) {
			return string(s)
		}
	}
	return ""
}

var keyDays = []kit.Option{{Value: "30", Label: "In 30 days"}, {Value: "90", Label: "In 90 days"}, {Value: "365", Label: "In a year"}, {Value: "0", Label: "Never"}}

// madeKey is a key just made, shown this once.
type madeKey struct {
	identity.NewAPIKey
	Host string
	Ends string
}

func (m madeKey) request() string {
	return "curl -H 'Authorization: Bearer " + m.Secret + "' " + m.Host + "/v1/organization"
}

func (h *Handlers) createAPIKey(w http.ResponseWriter, r *http.Request) error {
	a, f := caller.Of(r).Actor, r.PostForm
	form := keyForm{Name: f.Get("name"), Days: f.Get("expires_in_days")}
	for _, g := range identity.ScopeGroups {
		if s := f.Get(scopeField(g)); s != "" {
			form.Scopes = append(form.Scopes, identity.Scope(s))
		}
	}
	days, err := strconv.Atoi(form.Days)
	if err != nil {
		days = -1 // refused with the rest
	}
	k, err := h.Identity.CreateAPIKey(r.Context(), a, identity.CreateAPIKeyInput{Name: form.Name, Scopes: form.Scopes, ExpiresInDays: days})
	if fault.Is(err, fault.Invalid) {
		form.Problems = kit.ProblemsOf(err)
		for i := range form.Problems {
			if form.Problems[i].Pointer == "/scopes" {
				form.Problems[i].Pointer = "/" + scopeField(identity.ScopeGroups[0])
			}
		}
		return h.Pages.Show(w, r, failed(keyPage("Create a key")), newKeyView(form))
	}
	if err != nil {
		return err
	}
	made := madeKey{NewAPIKey: k, Host: h.Pages.Site.Of(a.Org.Slug, ""), Ends: "never"}
	if k.ExpiresAt != nil {
		made.Ends = k.ExpiresAt.In(a.Org.Zone()).Format("Mon, Jan 2, 2006")
	}
	return h.Pages.Show(w, r, keyPage("Key "+k.Name+" is ready"), madeKeyView(made))
}

// keyOf finds a key of the list: who may not see the list sees none.
func (h *Handlers) keyOf(r *http.Request) (identity.APIKey, error) {
	wanted, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return identity.APIKey{}, fault.Missing()
	}
	keys, err := h.Identity.APIKeys(r.Context(), caller.Of(r).Actor)
	if err != nil {
		return identity.APIKey{}, err
	}
	for _, k := range keys {
		if k.ID == wanted {
			return k, nil
		}
	}
	return identity.APIKey{}, fault.Missing()
}

func (h *Handlers) askToRevoke(w http.ResponseWriter, r *http.Request) error {
	k, err := h.keyOf(r)
	if err != nil {
		return err
	}
	return h.Pages.Show(w, r, keyPage("Revoke "+k.Name), revokeView(k))
}

func (h *Handlers) revokeAPIKey(w http.ResponseWriter, r *http.Request) error {
	key, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return fault.Missing()
	}
	if err := h.Identity.RevokeAPIKey(r.Context(), caller.Of(r).Actor, key); err != nil {
		return err
	}
	shell.Notify(w, "The key no longer works.", nil)
	return shell.SeeOther(w, r, keysPath)
}
