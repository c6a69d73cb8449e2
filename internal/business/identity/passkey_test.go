package identity_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

const (
	alphaHost   = "alpha.fence.localhost"
	alphaOrigin = "http://alpha.fence.localhost:8080"
)

// deviceKey is a passkey on a device that does what the standard says, or not.
type deviceKey struct {
	key    *ecdsa.PrivateKey
	id     []byte
	holder []byte
	count  uint32
	host   string
	origin string
	flags  byte // user present 1, user verified 4
}

func newDeviceKey(t *testing.T) *deviceKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := &deviceKey{key: key, id: make([]byte, 32), host: alphaHost, origin: alphaOrigin, flags: 1 | 4}
	_, _ = rand.Read(d.id) // never fails
	return d
}

var b64 = base64.RawURLEncoding

func (d *deviceKey) data(flags byte) []byte {
	host := sha256.Sum256([]byte(d.host))
	d.count++
	return binary.BigEndian.AppendUint32(append(host[:], flags), d.count)
}

func (d *deviceKey) client(t *testing.T, kind string, asked identity.Challenge) []byte {
	t.Helper()
	var options struct {
		Challenge string `json:"challenge"`
		User      struct {
			ID string `json:"id"`
		} `json:"user"`
	}
	if err := json.Unmarshal(asked.Options, &options); err != nil {
		t.Fatal(err)
	}
	if options.User.ID != "" {
		var err error
		if d.holder, err = b64.DecodeString(options.User.ID); err != nil {
			t.Fatal(err)
		}
	}
	text, err := json.Marshal(map[string]any{"type": kind, "challenge": options.Challenge, "origin": d.origin})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func answer(t *testing.T, d *deviceKey, response map[string]string) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"id": b64.EncodeToString(d.id), "rawId": b64.EncodeToString(d.id), "type": "public-key", "response": response})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// register answers a question for a new passkey.
func (d *deviceKey) register(t *testing.T, asked identity.Challenge) string {
	t.Helper()
	client := d.client(t, "webauthn.create", asked)
	public, err := cbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: d.key.X.FillBytes(make([]byte, 32)), -3: d.key.Y.FillBytes(make([]byte, 32))})
	if err != nil {
		t.Fatal(err)
	}
	data := append(d.data(d.flags|0x40), make([]byte, 16)...)
	data = append(binary.BigEndian.AppendUint16(data, uint16(len(d.id))), d.id...)
	object, err := cbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": append(data, public...)})
	if err != nil {
		t.Fatal(err)
	}
	return answer(t, d, map[string]string{"clientDataJSON": b64.EncodeToString(client), "attestationObject": b64.EncodeToString(object)})
}

// sign answers a question at logging in.
func (d *deviceKey) sign(t *testing.T, asked identity.Challenge) string {
	t.Helper()
	client := d.client(t, "webauthn.get", asked)
	data, hash := d.data(d.flags), sha256.Sum256(client)
	sum := sha256.Sum256(append(append([]byte(nil), data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return answer(t, d, map[string]string{"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(data),
		"signature": b64.EncodeToString(signature), "userHandle": b64.EncodeToString(d.holder)})
}

// withPasskey adds a passkey for somebody who is logged in, and answers the actor of the session after it.
func (w *world) withPasskey(t *testing.T, a tenancy.Actor) (*deviceKey, tenancy.Actor) {
	t.Helper()
	d := newDeviceKey(t)
	asked, err := w.people.BeginPasskey(t.Context(), a, "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.people.AddPasskey(t.Context(), a, identity.AddPasskeyInput{Challenge: asked.ID, Answer: d.register(t, asked), Name: "Phone"})
	if err != nil {
		t.Fatalf("add a passkey: %v (%v)", err, fault.As(err).Unwrap())
	}
	signed, err := w.people.Resume(t.Context(), a.Tenant(), s.Token)
	if err != nil {
		t.Fatal(err)
	}
	return d, signed.Actor
}

func (w *world) ask(t *testing.T, step string) identity.Challenge {
	t.Helper()
	asked, err := w.people.BeginPasskeySignIn(t.Context(), w.visitor(t, testkit.A, "192.0.2.1"), step)
	if err != nil {
		t.Fatal(err)
	}
	return asked
}

func TestAPasskeyLogsInAloneAndAsSecondFactor(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	a, _ := w.in(t, testkit.A, "owner@a.example")
	w.Untouched(t, testkit.B, func() {
		d, owner := w.withPasskey(t, a)
		asked := w.ask(t, "")
		said := d.sign(t, asked)
		s, err := w.people.SignInWithPasskey(t.Context(), v, identity.PasskeySignInInput{Challenge: asked.ID, Answer: said})
		if err != nil || s.Token == "" || s.User.ID != testkit.A.Owner() {
			t.Fatalf("alone: %+v, %v (%v)", s, err, fault.As(err).Unwrap())
		}
		if signed, err := w.people.Resume(t.Context(), v.Tenant(), s.Token); err != nil || signed.By != "passkey" {
			t.Errorf("the session came about by %q, %v", signed.By, err)
		}
		_, err = w.people.SignInWithPasskey(t.Context(), v, identity.PasskeySignInInput{Challenge: asked.ID, Answer: said})
		wantFault(t, "the same answer again", err, fault.Unauthenticated, "passkey-refused")
		step := w.step(t, testkit.A, "owner@a.example")
		if ways, err := w.people.SignInStep(t.Context(), v, step); err != nil || ways.App || !ways.Passkey {
			t.Errorf("asked for %+v, %v", ways, err)
		}
		asked = w.ask(t, step)
		s, err = w.people.SignInWithPasskey(t.Context(), v, identity.PasskeySignInInput{Challenge: asked.ID, Answer: d.sign(t, asked), Step: step})
		if err != nil || s.Token == "" {
			t.Fatalf("as second factor: %v", err)
		}
		o, err := w.people.Account(t.Context(), owner)
		if err != nil || len(o.Passkeys) != 1 || o.Passkeys[0].Name != "Phone" || o.Passkeys[0].LastUsedAt == nil {
			t.Fatalf("the account has %+v, %v", o.Passkeys, err)
		}
		_, err = w.people.RemovePasskey(t.Context(), owner, id.New(), "")
		wantFault(t, "removing nobody's", err, fault.NotFound, "not-found")
		if _, err := w.people.RemovePasskey(t.Context(), owner, o.Passkeys[0].ID, ""); err != nil {
			t.Fatal(err)
		}
		asked = w.ask(t, "")
		_, err = w.people.SignInWithPasskey(t.Context(), v, identity.PasskeySignInInput{Challenge: asked.ID, Answer: d.sign(t, asked)})
		wantFault(t, "a passkey that was removed", err, fault.Unauthenticated, "passkey-refused")
	})
}

func TestWrongPasskeysAreRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	v := w.visitor(t, testkit.A, "192.0.2.1")
	a, _ := w.in(t, testkit.A, "owner@a.example")
	d, _ := w.withPasskey(t, a)
	office, _ := w.in(t, testkit.A, "office@a.example")
	theirs, _ := w.withPasskey(t, office)
	for what, change := range map[string]func(*deviceKey){
		"another host":      func(d *deviceKey) { d.host = "beta.fence.localhost" },
		"the apex":          func(d *deviceKey) { d.host = "fence.localhost" },
		"another origin":    func(d *deviceKey) { d.origin = "http://beta.fence.localhost:8080" },
		"nobody present":    func(d *deviceKey) { d.flags = 4 },
		"nobody verified":   func(d *deviceKey) { d.flags = 1 },
		"another key":       func(d *deviceKey) { d.key = newDeviceKey(t).key },
		"an unknown name":   func(d *deviceKey) { d.id = newDeviceKey(t).id },
		"another holder":    func(d *deviceKey) { d.holder = theirs.holder },
		"a cloned device":   func(d *deviceKey) { d.count = 0 },
		"no holder's name":  func(d *deviceKey) { d.holder = nil },
		"a question of old": func(*deviceKey) { w.Advance(t, 6*time.Minute) },
	} {
		bad, asked := *d, w.ask(t, "")
		change(&bad)
		_, err := w.people.SignInWithPasskey(t.Context(), v, identity.PasskeySignInInput{Challenge: asked.ID, Answer: bad.sign(t, asked)})
		wantFault(t, what, err, fault.Unauthenticated, "passkey-refused")
	}
	asked := w.ask(t, "")
	for what, said := range map[string]string{"nothing": "", "no JSON": "{", "another document": `{"id":"x"}`} {
		_, err := w.people.SignInWithPasskey(t.Context(), v, identity.PasskeySignInInput{Challenge: asked.ID, Answer: said})
		wantFault(t, what, err, fault.Unauthenticated, "passkey-refused")
	}
	step := w.step(t, testkit.A, "owner@a.example")
	asked = w.ask(t, step)
	_, err := w.people.SignInWithPasskey(t.Context(), v, identity.PasskeySignInInput{Challenge: asked.ID, Answer: theirs.sign(t, asked), Step: step})
	wantFault(t, "a colleague's as second factor", err, fault.Unauthenticated, "passkey-refused")
	w.Untouched(t, testkit.B, func() {
		asked = w.ask(t, "")
		_, err = w.people.SignInWithPasskey(t.Context(), w.visitor(t, testkit.B, "192.0.2.1"), identity.PasskeySignInInput{Challenge: asked.ID, Answer: d.sign(t, asked)})
		wantFault(t, "on B's host", err, fault.Unauthenticated, "passkey-refused")
	})
}

func TestPasskeysAreAddedByTheirPersonOnly(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a, _ := w.in(t, testkit.A, "owner@a.example")
	office, _ := w.in(t, testkit.A, "office@a.example")
	d := newDeviceKey(t)
	asked, err := w.people.BeginPasskey(t.Context(), a, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.people.AddPasskey(t.Context(), office, identity.AddPasskeyInput{Challenge: asked.ID, Answer: d.register(t, asked)})
	wantFault(t, "a colleague's question", err, fault.Unauthenticated, "passkey-refused")
	_, owner := w.withPasskey(t, a)
	asked, err = w.people.BeginPasskey(t.Context(), owner, "")
	if err != nil {
		t.Fatal(err)
	}
	unverified := newDeviceKey(t)
	unverified.flags = 1
	_, err = w.people.AddPasskey(t.Context(), owner, identity.AddPasskeyInput{Challenge: asked.ID, Answer: unverified.register(t, asked)})
	wantFault(t, "a device that asked nobody", err, fault.Unauthenticated, "passkey-refused")
	for range 60 {
		_, err = w.people.BeginPasskeySignIn(t.Context(), w.visitor(t, testkit.A, "198.51.100.9"), "")
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.people.BeginPasskeySignIn(t.Context(), w.visitor(t, testkit.A, "198.51.100.9"), "")
	wantFault(t, "the sixty-first question from one place", err, fault.RateLimited, "too-many-attempts")
}
