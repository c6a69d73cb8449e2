package tenancy

import (
	"context"
	"strings"
	"sync"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/pg/mint"
)

// Hosts resolves the host of a request to the organization whose pages it asks for.
type Hosts struct {
	db   *pg.DB
	base string // "fence.localhost": tenants are one label below

	mu    sync.Mutex
	known map[string]knownHost
}

type knownHost struct {
	found Place
	until time.Time
}

// Place is what a label below the base domain stands for.
type Place struct {
	Tenant  pg.Tenant
	Forward string // the name now in use, when the label is a former one
}

// Names change rarely and a forward keeps working, so an answer may be this old.
const hostAge = 30 * time.Second

// maxKnownHosts bounds the memory that requests for made-up names of real companies can take.
const maxKnownHosts = 20_000

// NewHosts resolves names below base.
func NewHosts(db *pg.DB, base string) *Hosts {
	return &Hosts{db: db, base: base, known: map[string]knownHost{}}
}

// Label is the part of host below the base domain. Apex is true for the base domain itself. Anything else,
// as a foreign domain or two labels, is neither.
func (h *Hosts) Label(host string) (label string, apex bool) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == h.base {
		return "", true
	}
	label, ok := strings.CutSuffix(host, "."+h.base)
	if !ok || strings.Contains(label, ".") {
		return "", false
	}
	return label, false
}

// Find resolves a label. A label of nobody is a NotFound fault.
func (h *Hosts) Find(ctx context.Context, label string) (Place, error) {
	h.mu.Lock()
	k, ok := h.known[label]
	h.mu.Unlock()
	if ok && time.Now().Before(k.until) {
		return k.found, nil
	}
	var org *id.ID
	var kind, primary *string
	err := h.db.Lookup(ctx, []any{&org, &kind, &primary}, "SELECT org_id, kind, primary_host FROM platform.find_host($1)", label)
	if err != nil {
		return Place{}, err
	}
	if org == nil || *kind == "tombstone" || primary == nil {
		return Place{}, fault.Missing()
	}
	f := Place{Tenant: mint.Tenant(*org)}
	if *kind == "forward" {
		f.Forward = *primary
	}
	h.mu.Lock()
	if len(h.known) >= maxKnownHosts {
		clear(h.known)
	}
	h.known[label] = knownHost{found: f, until: time.Now().Add(hostAge)}
	h.mu.Unlock()
	return f, nil
}

// Visitor is somebody on the organization's pages who has not proved anything yet, and the database's time.
func (h *Hosts) Visitor(ctx context.Context, f Place) (Actor, time.Time, error) {
	a := Actor{Kind: Visitor, Name: "Visitor", tenant: f.Tenant}
	now, err := h.db.Read(ctx, f.Tenant, func(r *pg.Reading) { QueueOrganization(r, f.Tenant, &a.Org) })
	return a, now, err
}

// FilesHost is the label below the base domain that belongs to no company: what people uploaded comes from there only.
const FilesHost = "files"

// PayHost is the label of the payment provider's pages where payments are simulated; it belongs to no company either.
const PayHost = "pay"

// Addressed opens an organization for reading, to whoever holds an address that was signed for it.
func Addressed(org id.ID) pg.Tenant { return mint.Tenant(org).Reading() }
