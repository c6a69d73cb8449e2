package stripegw

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/billing"
)

// WebhookPath is where Stripe sends webhooks, at the apex.
const WebhookPath = "/webhooks/stripe"

// tolerance is how far a webhook's time may be from ours, either way. Stripe's own library takes any time to come.
const tolerance = 5 * time.Minute

// Why a webhook is not believed, or not for us. Each is counted.
var (
	ErrUnsigned     = errors.New("no signature")
	ErrSignature    = errors.New("no signature of ours")
	ErrStamp        = errors.New("too old, or of a time to come")
	ErrGarbage      = errors.New("signed, and no event")
	ErrMode         = errors.New("of the other mode")
	ErrOtherAccount = errors.New("of a connected account")
)

// Inbox believes webhooks of one endpoint.
type Inbox struct {
	Secrets []string // the newest first; two while one is rolled
	Live    bool
}

// Open checks a webhook and reads what it is about. ErrMode and ErrOtherAccount are signed, and not for this endpoint:
// to send them again would not help.
func (in Inbox) Open(body []byte, signature string, now time.Time) (billing.Hint, error) {
	if err := in.Verify(body, signature, now); err != nil {
		return billing.Hint{}, err
	}
	var e struct {
		ID         string `json:"id"`
		Object     string `json:"object"`
		Type       string `json:"type"`
		Account    string `json:"account"`
		APIVersion string `json:"api_version"`
		Created    int64  `json:"created"`
		Livemode   bool   `json:"livemode"`
		Data       struct {
			Object struct {
				ID       string          `json:"id"`
				Object   string          `json:"object"`
				Customer json.RawMessage `json:"customer"`
				Charge   json.RawMessage `json:"charge"`
				Intent   json.RawMessage `json:"payment_intent"`
			} `json:"object"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &e); err != nil || e.ID == "" || e.Type == "" || e.Object != "event" {
		return billing.Hint{}, ErrGarbage
	}
	switch {
	case e.Account != "":
		return billing.Hint{}, ErrOtherAccount
	case e.Livemode != in.Live:
		return billing.Hint{}, ErrMode
	}
	h := billing.Hint{ID: e.ID, Type: e.Type, ObjectID: e.Data.Object.ID, APIVersion: e.APIVersion, CreatedAt: at(e.Created), Payload: body}
	if e.Data.Object.Object == "customer" {
		h.CustomerID = e.Data.Object.ID
		return h, nil
	}
	h.CustomerID, h.Charge, h.Intent = idOf(e.Data.Object.Customer), idOf(e.Data.Object.Charge), idOf(e.Data.Object.Intent)
	return h, nil
}

// idOf reads an id, or the id of an object that was expanded.
func idOf(raw json.RawMessage) string {
	var id string
	if json.Unmarshal(raw, &id) == nil {
		return id
	}
	var object struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &object) != nil {
		return ""
	}
	return object.ID
}

// Verify holds the header ("t=…,v1=…,v1=…") against every secret (https://docs.stripe.com/webhooks#verify-manually).
func (in Inbox) Verify(body []byte, header string, now time.Time) error {
	var stamp string
	var signatures [][]byte
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			stamp = value
		case "v1":
			if b, err := hex.DecodeString(value); err == nil {
				signatures = append(signatures, b)
			}
		}
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || len(signatures) == 0 {
		return ErrUnsigned
	}
	if !in.signed(fmt.Appendf(nil, "%s.%s", stamp, body), signatures) {
		return ErrSignature
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > tolerance || age < -tolerance {
		return ErrStamp
	}
	return nil
}

func (in Inbox) signed(message []byte, signatures [][]byte) (found bool) {
	for _, secret := range in.Secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(message)
		want := mac.Sum(nil)
		for _, s := range signatures {
			found = hmac.Equal(s, want) || found
		}
	}
	return found
}

// SameVersion tells whether an event was made by the version that our client reads. Another is followed up all the
// same, since Stripe is asked anew, and counted.
func SameVersion(version string) bool { return version == stripe.APIVersion }
