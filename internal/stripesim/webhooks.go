package stripesim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// endpoint is an address that wants to be told.
type endpoint struct {
	head
	APIVersion    opt               `json:"api_version"`
	Application   opt               `json:"application"`
	Description   opt               `json:"description"`
	EnabledEvents []string          `json:"enabled_events"`
	Metadata      map[string]string `json:"metadata"`
	Status        string            `json:"status"`
	URL           string            `json:"url"`

	connect  bool // told of connected accounts' events, not of our own
	secret   string
	older    string // the secret before, while both count
	olderFor int64
}

// endpointMade is an endpoint with its secret, which is only shown once.
type endpointMade struct {
	*endpoint
	Secret string `json:"secret"`
}

const endpointTakes = "description enabled_events[] metadata.* url "

func webhookOperations() []operation {
	return []operation{
		{"POST /v1/webhook_endpoints", endpointTakes + "api_version connect:bool", createEndpoint},
		{"GET /v1/webhook_endpoints", listed, func(c *call) (any, *Problem) {
			return page(c, c.sp.endpoints, func(*endpoint) bool { return true })
		}},
		{"GET /v1/webhook_endpoints/{id}", "", func(c *call) (any, *Problem) { return found(c.sp.endpoints.get(c.id)) }},
		{"POST /v1/webhook_endpoints/{id}", endpointTakes + "disabled:bool", updateEndpoint},
		{"DELETE /v1/webhook_endpoints/{id}", "", func(c *call) (any, *Problem) {
			if _, p := c.sp.endpoints.get(c.id); p != nil {
				return nil, p
			}
			return c.sp.endpoints.remove(c.id, "webhook_endpoint"), nil
		}},
	}
}

func createEndpoint(c *call) (any, *Problem) {
	f := c.form
	if p := endpointAddress(f.str("url")); p != nil {
		return nil, p
	}
	if len(f.texts("enabled_events")) == 0 {
		return nil, missing("enabled_events")
	}
	e := &endpoint{
		head: c.sp.head("we", "webhook_endpoint", c.now()), APIVersion: opt(f.str("api_version")), Description: opt(f.str("description")), EnabledEvents: f.texts("enabled_events"),
		Metadata: f.metadata("metadata", nil), Status: "enabled", URL: f.str("url"), connect: f.yes("connect"), secret: "whsec_" + c.sim.names.secret("webhook"),
	}
	c.sp.endpoints.add(e)
	return endpointMade{e, e.secret}, nil
}

func endpointAddress(address string) *Problem {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		p := invalid("url", "Invalid URL: An explicit scheme (such as https) must be provided.")
		p.Code = "url_invalid"
		return p
	}
	return nil
}

func updateEndpoint(c *call) (any, *Problem) {
	e, p := c.sp.endpoints.get(c.id)
	if p != nil {
		return nil, p
	}
	f := c.form
	if f.filled("url") {
		if p := endpointAddress(f.str("url")); p != nil {
			return nil, p
		}
		e.URL = f.str("url")
	}
	if f.has("enabled_events") {
		e.EnabledEvents = f.texts("enabled_events")
	}
	if f.has("description") {
		e.Description = opt(f.str("description"))
	}
	if f.has("disabled") {
		e.Status = map[bool]string{true: "disabled", false: "enabled"}[f.yes("disabled")]
	}
	e.Metadata = f.metadata("metadata", e.Metadata)
	return e, nil
}

// wants tells whether an endpoint is told of an event of a space.
func (e *endpoint) wants(of where, kind string) bool {
	return e.Status == "enabled" && e.connect == (of.account != "") && (slices.Contains(e.EnabledEvents, "*") || slices.Contains(e.EnabledEvents, kind))
}

// signature is the header of a webhook: the time, and an HMAC of time and body for each secret that counts.
func (e *endpoint) signature(now int64, body []byte) string {
	secrets := []string{e.secret}
	if e.older != "" && now < e.olderFor {
		secrets = append(secrets, e.older)
	}
	stamp := strconv.FormatInt(now, 10)
	parts := []string{"t=" + stamp}
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		fmt.Fprintf(mac, "%s.%s", stamp, body)
		parts = append(parts, "v1="+hex.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(parts, ",")
}

// RollSecret gives an endpoint another secret, as the dashboard does. Until the old one ends, both sign.
func (s *Sim) RollSecret(id string, keepOld time.Duration) (secret string, err error) {
	err = s.plant(func() *Problem {
		_, e, p := plantedIn(s, id, func(sp *space) *table[*endpoint] { return sp.endpoints })
		if p != nil {
			return p
		}
		e.older, e.olderFor = e.secret, s.clock.now+int64(keepOld.Seconds())
		e.secret = "whsec_" + s.names.secret("webhook")
		secret = e.secret
		return nil
	})
	return secret, err
}
