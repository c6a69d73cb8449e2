package contextkey_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"crypto/sha256"

	"fenceplatform.com/fence/internal/platform/pg/contextkey"
)

func TestKeysAreReadAndRefused(t *testing.T) {
	t.Parallel()
	one, other := contextkey.New(), contextkey.New()
	if one == other {
		t.Error("two new keys are the same")
	}
	for _, text := range []string{one, " " + one + "\n", one + "," + other, one + ", " + other} {
		if k, err := contextkey.Parse(text); err != nil || k.IsZero() {
			t.Errorf("%d characters: got %v, want keys", len(text), err)
		}
	}
	for what, text := range map[string]string{
		"nothing": "", "a word": "secret", "a short one": base64.StdEncoding.EncodeToString(make([]byte, 16)),
		"three": one + "," + other + "," + contextkey.New(), "the same twice": one + "," + one, "a comma too many": one + ",",
	} {
		if _, err := contextkey.Parse(text); err == nil || strings.Contains(err.Error(), one) {
			t.Errorf("%s: got %v, want a refusal that does not repeat it", what, err)
		}
	}
}

// The database computes HMAC from the pads; both must come to the same.
func TestPadsVerifyWhatWasSigned(t *testing.T) {
	t.Parallel()
	keys, err := contextkey.Parse(contextkey.New() + "," + contextkey.New())
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("an organization, an actor, a time")
	i := keys.Installations()[0]
	inner := sha256.Sum256(append(bytes.Clone(i.InnerPad), text...))
	outer := sha256.Sum256(append(bytes.Clone(i.OuterPad), inner[:]...))
	if got, want := keys.Sign(text), hex.EncodeToString(outer[:]); got != want || i.ID != keys.ID() {
		t.Errorf("signed %s by %s, the pads of %s say %s", got, keys.ID(), i.ID, want)
	}
}

func TestKeysTellTheirIDsOnly(t *testing.T) {
	t.Parallel()
	text := contextkey.New()
	keys, err := contextkey.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	secret, _ := base64.StdEncoding.DecodeString(text) // just made
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("start", "keys", keys, "all", struct{ Keys contextkey.Keys }{keys})
	encoded, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{logged.String(), string(encoded), fmt.Sprintf("%v %+v %#v %s %x %q", keys, keys, keys, keys, keys, keys), fmt.Sprint(&keys)} {
		for _, leak := range []string{text, string(secret), hex.EncodeToString(secret), fmt.Sprint(secret)} {
			if strings.Contains(said, leak) {
				t.Errorf("the key is told: %s", said)
			}
		}
	}
	if !strings.Contains(logged.String(), keys.ID()) {
		t.Errorf("the log does not name the key: %s", &logged)
	}
}
