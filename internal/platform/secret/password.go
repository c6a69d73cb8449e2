package secret

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"fenceplatform.com/fence/internal/platform/fault"
)

// cost is what guessing a password once takes.
type cost struct{ memory, time uint32 }

// OWASP's first choice for argon2id, 19 MiB and two passes, about 25 ms on one core.
var full = cost{memory: 19 * 1024, time: 2}

const (
	argonLanes = 1
	argonKey   = 32
	argonSalt  = 16
)

// Passwords hashes and checks passwords, so many at once as there is memory for.
type Passwords struct {
	turns chan struct{}
	cost  cost
}

// NewPasswords lets atOnce run at the same time; each takes 19 MiB.
func NewPasswords(atOnce int) *Passwords {
	return &Passwords{turns: make(chan struct{}, atOnce), cost: full}
}

// NewTestPasswords hashes so cheaply that anybody could guess: under the race detector a full hash takes half a second.
func NewTestPasswords() *Passwords {
	return &Passwords{turns: make(chan struct{}, 4), cost: cost{memory: 8, time: 1}}
}

// Hash returns the text to store for a password.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if err := p.wait(ctx); err != nil {
		return "", err
	}
	defer p.done()
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails
	key := argon2.IDKey([]byte(password), salt, p.cost.time, p.cost.memory, argonLanes, argonKey)
	return p.cost.stored(salt, key), nil
}

func (c cost) stored(salt, key []byte) string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.time, argonLanes, enc.EncodeToString(salt), enc.EncodeToString(key))
}

// nobody is checked when there is no such person, so that the answer takes as long.
func (c cost) nobody() string { return c.stored(make([]byte, argonSalt), make([]byte, argonKey)) }

// Matches tells whether password belongs to the stored text. An empty stored text takes as long and is false.
func (p *Passwords) Matches(ctx context.Context, stored, password string) (bool, error) {
	if stored == "" {
		stored = p.cost.nobody()
	}
	if err := p.wait(ctx); err != nil {
		return false, err
	}
	defer p.done()
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("stored password of an unknown form")
	}
	var memory, passes uint32
	var lanes uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil {
		return false, fmt.Errorf("stored password: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("stored password: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("stored password: %w", err)
	}
	got := argon2.IDKey([]byte(password), salt, passes, memory, lanes, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

func (p *Passwords) wait(ctx context.Context) error {
	select {
	case p.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		e := fault.New(fault.Unavailable, "unavailable", "Very many people are logging in at this moment. Try again in a moment.").Because(ctx.Err())
		e.RetryAfter = 2 * time.Second
		return e
	}
}

func (p *Passwords) done() { <-p.turns }
