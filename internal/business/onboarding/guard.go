package onboarding

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Guard keeps machines from signing up in numbers, without asking anybody else and without shutting people out: beyond
// a threshold a sign-up costs its sender a second of computing, or a minute of waiting.
type Guard struct {
	DB  *pg.DB
	Key []byte           // signs forms and challenges
	Now func() time.Time // of this process: forms and challenges last minutes
	// Own tells addresses that are not counted: those of one's own machine.
	Own func(ip string) bool
}

// How many sign-ups are free, and how many there are at all. A form that nobody can have typed, or that never was
// asked for, counts as several.
const (
	countFor     = time.Hour
	freeNetwork  = 5   // of an IPv4 /24 or an IPv6 /64 in an hour
	mostNetwork  = 100 // then it is 429, whatever is computed
	freeDomain   = 20  // of addresses of one domain in a day, unless very many people have theirs there
	freeAll      = 300 // of everybody in an hour
	quickest     = 2 * time.Second
	quickCounts  = 3
	formLife     = 24 * time.Hour
	challengeFor = 30 * time.Minute
	waitInstead  = time.Minute // who cannot compute waits
)

// ProofBits is how many zero bits the hash of a proof begins with: 130,000 tries, a second of an old telephone.
const ProofBits = 17

// CodeProve is the refusal of a sign-up that has to be proven first. It carries the challenge.
const CodeProve = "proof-of-work-needed"

// sign is the text with what only this platform can add to it.
func (g *Guard) sign(text string) string {
	mac := hmac.New(sha256.New, g.Key)
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

// signed is the text of what sign returned; empty when it did not.
func (g *Guard) signed(token string) string {
	i := strings.LastIndexByte(token, '.')
	if i < 0 || len(token) > 300 || subtle.ConstantTimeCompare([]byte(g.sign(token[:i])), []byte(token)) != 1 {
		return ""
	}
	return token[:i]
}

// Stamp goes out with a form and tells later when that was.
func (g *Guard) Stamp() string {
	if g == nil {
		return ""
	}
	return g.sign("form." + strconv.FormatInt(g.Now().UnixMilli(), 36))
}

// quick tells that nobody can have typed a form with the stamp, or that it is no stamp.
func (g *Guard) quick(stamp string) bool {
	since, ok := strings.CutPrefix(g.signed(stamp), "form.")
	ms, err := strconv.ParseInt(since, 36, 64)
	if !ok || err != nil {
		return true
	}
	age := g.Now().Sub(time.UnixMilli(ms))
	return age < quickest || age > formLife
}

// challenge is what a sender has to find the proof of. It is good from the network that asked for it.
func (g *Guard) challenge(network string) string {
	sum := sha256.Sum256([]byte(network))
	return g.sign("work." + strconv.FormatInt(g.Now().UnixMilli(), 36) + "." + hex.EncodeToString(sum[:6]) + "." + randomLetters(12))
}

// Proven tells whether the proof answers the challenge: the hash of both begins with so many zero bits.
func Proven(challenge, proof string) bool {
	sum := sha256.Sum256([]byte(challenge + ":" + proof))
	return bits.LeadingZeros32(uint32(sum[0])<<24|uint32(sum[1])<<16|uint32(sum[2])<<8|uint32(sum[3])) >= ProofBits
}

// worked tells whether a sender computed, or waited, for a challenge of their own.
func (g *Guard) worked(network, challenge, proof string) bool {
	parts := strings.Split(g.signed(challenge), ".")
	if len(parts) != 4 || parts[0] != "work" {
		return false
	}
	sum := sha256.Sum256([]byte(network))
	ms, err := strconv.ParseInt(parts[1], 36, 64)
	if err != nil || parts[2] != hex.EncodeToString(sum[:6]) {
		return false
	}
	age := g.Now().Sub(time.UnixMilli(ms))
	if age < 0 || age > challengeFor {
		return false
	}
	return len(proof) <= 20 && proof != "" && Proven(challenge, proof) || age >= waitInstead
}

// networkOf is who is counted together: an IPv4 /24, or an IPv6 /64.
func networkOf(r tenancy.Request) string {
	a, err := netip.ParseAddr(r.IP)
	if err != nil || !a.Unmap().Is4() {
		return r.Network()
	}
	p, _ := a.Unmap().Prefix(24) // 24 bits fit
	return p.String()
}

// count counts more of a bucket.
func (g *Guard) count(ctx context.Context, bucket string, more int, during time.Duration) (tried int, left time.Duration, err error) {
	err = g.DB.Lookup(ctx, []any{&tried, &left}, `SELECT tried, remaining FROM platform.count_sign_up($1, $2, $3)`, bucket, more, during)
	return tried, left, err
}

// admit counts a sign-up that could be done, and refuses it until it is proven when there were many.
func (g *Guard) admit(ctx context.Context, r tenancy.Request, in SignUpInput) error {
	if g == nil || g.Own(r.IP) {
		return nil
	}
	network, weight := networkOf(r), 1
	if g.quick(in.Stamp) {
		weight = quickCounts
	}
	near, left, err := g.count(ctx, "net:"+network, weight, countFor)
	if err != nil {
		return err
	}
	if near > mostNetwork {
		e := fault.New(fault.RateLimited, "too-many-attempts", "Very many sign-ups come from your network. Try again in %d min.", int(left.Minutes())+1)
		e.RetryAfter = left
		return e
	}
	prove := near > freeNetwork
	if _, domain, _ := strings.Cut(in.Email, "@"); !sharedDomains[strings.ToLower(domain)] {
		tried, _, err := g.count(ctx, "domain:"+strings.ToLower(domain), 1, 24*time.Hour)
		if err != nil {
			return err
		}
		prove = prove || tried > freeDomain
	}
	all, _, err := g.count(ctx, "all", 1, countFor)
	if err != nil {
		return err
	}
	if !prove && all <= freeAll {
		return nil
	}
	return g.prove(ctx, network, in)
}

// prove accepts a challenge once.
func (g *Guard) prove(ctx context.Context, network string, in SignUpInput) error {
	if g.worked(network, in.Challenge, in.Proof) {
		sum := sha256.Sum256([]byte(in.Challenge))
		used, _, err := g.count(ctx, "used:"+hex.EncodeToString(sum[:]), 1, 24*time.Hour)
		if err != nil || used == 1 {
			return err
		}
	}
	return fault.New(fault.RateLimited, CodeProve, "Many companies are being signed up from where you are. Type your password again and press the button: your browser works for a second first. Without script, wait a minute before you press it.").
		With("challenge", g.challenge(network))
}
