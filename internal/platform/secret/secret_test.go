package secret

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
)

func TestTokensAreLongAndDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		token := Token()
		if len(token) != 43 || seen[token] {
			t.Fatalf("token %q: want 43 characters, never the same twice", token)
		}
		seen[token] = true
	}
	if bytes.Equal(Hash("a"), Hash("b")) || len(Hash("a")) != 32 {
		t.Error("hashes are no SHA-256 of the token")
	}
}

func TestPasswordMatchesItselfOnly(t *testing.T) {
	t.Parallel()
	p := NewPasswords(2)
	stored, err := p.Hash(t.Context(), "seven cedar pickets")
	if err != nil {
		t.Fatal(err)
	}
	again, err := p.Hash(t.Context(), "seven cedar pickets")
	if err != nil || stored == again {
		t.Error("the same password is stored the same twice: no salt")
	}
	for password, want := range map[string]bool{"seven cedar pickets": true, "seven cedar picket": false, "Seven cedar pickets": false, "": false, "seven cedar pickets\x00": false} {
		if got, err := p.Matches(t.Context(), stored, password); err != nil || got != want {
			t.Errorf("%q: %v, %v, want %v", password, got, err, want)
		}
	}
}

// Nobody's hash costs exactly what everybody's does.
func TestNobodyCostsAsMuch(t *testing.T) {
	t.Parallel()
	p := NewPasswords(1)
	stored, err := p.Hash(t.Context(), "seven cedar pickets")
	if err != nil {
		t.Fatal(err)
	}
	if want := "$argon2id$v=19$m=19456,t=2,p=1$"; !strings.HasPrefix(stored, want) { // what OWASP asks for
		t.Errorf("a stored hash is %s, want it to begin with %s", stored, want)
	}
	real, none := strings.Split(stored, "$"), strings.Split(p.cost.nobody(), "$")
	for part := 1; part <= 3; part++ {
		if real[part] != none[part] {
			t.Errorf("a stored hash says %s, nobody's %s", real[part], none[part])
		}
	}
	if len(real[4]) != len(none[4]) || len(real[5]) != len(none[5]) {
		t.Error("salt or key of nobody has another length")
	}
	if got, err := p.Matches(t.Context(), "", ""); err != nil || got {
		t.Errorf("nobody's password matches: %v, %v", got, err)
	}
}

func TestBrokenHashIsAnError(t *testing.T) {
	t.Parallel()
	p := NewPasswords(1)
	for _, stored := range []string{"unset", "$argon2id$", "$argon2id$v=19$m=x$c$d", "$argon2id$v=19$m=64,t=1,p=1$%$AAAA", "$argon2id$v=19$m=64,t=1,p=1$AAAA$%", "$2y$10$abc$d$e$f"} {
		if got, err := p.Matches(t.Context(), stored, "seven cedar pickets"); err == nil || got {
			t.Errorf("%q: %v, %v, want an error", stored, got, err)
		}
	}
}

// Hashing takes memory: who finds no turn waits, and stops waiting when the caller leaves.
func TestOnlySoManyHashAtOnce(t *testing.T) {
	t.Parallel()
	p := NewPasswords(1)
	p.turns <- struct{}{} // somebody hashes
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := p.Hash(ctx, "seven cedar pickets"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("hash: %v, want to give up waiting", err)
	}
	if _, err := p.Matches(ctx, "", "seven cedar pickets"); !errors.Is(err, context.DeadlineExceeded) || !fault.Is(err, fault.Unavailable) {
		t.Errorf("match: %v, want to give up waiting and to be told to come again", err)
	}
	<-p.turns
	if _, err := p.Matches(t.Context(), "", "seven cedar pickets"); err != nil {
		t.Errorf("when the turn is free: %v", err)
	}
}
