package requests

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// phone is the device of a person of A: what it answers follows from its number alone, so both worlds get the same.
type phone struct {
	key    ed25519.PrivateKey
	id     []byte
	holder []byte // whom it was registered for
	count  uint32
}

func newPhone(number int) *phone {
	seed, name := sha256.Sum256(fmt.Append(nil, "key of phone ", number)), sha256.Sum256(fmt.Append(nil, "phone ", number))
	return &phone{key: ed25519.NewKeyFromSeed(seed[:]), id: name[:]}
}

// question is what the product asks a device.
type question struct {
	ID      string `json:"id"`
	Options struct {
		Challenge string `json:"challenge"`
		User      struct {
			ID string `json:"id"`
		} `json:"user"`
	} `json:"options"`
}

var raw64 = base64.RawURLEncoding

// data is what a device says of itself: on which host it is asked, and that its holder proved to be there.
func (p *phone) data(flags byte) []byte {
	host, _, _ := strings.Cut(Alpha+"."+Base, ":")
	sum := sha256.Sum256([]byte(host))
	const present, verified = 1, 4
	p.count++
	return binary.BigEndian.AppendUint32(append(sum[:], flags|present|verified), p.count)
}

func client(kind string, q question) []byte {
	return fmt.Appendf(nil, `{"type":%q,"challenge":%q,"origin":"http://%s.%s"}`, kind, q.Options.Challenge, Alpha, Base)
}

func (p *phone) answer(response map[string]string) string {
	name := raw64.EncodeToString(p.id)
	text, err := json.Marshal(map[string]any{"id": name, "rawId": name, "type": "public-key", "response": response})
	if err != nil {
		panic("prove: a device's answer: " + err.Error()) // texts
	}
	return string(text)
}

// register answers a question for a new passkey.
func (p *phone) register(q question) string {
	p.holder, _ = raw64.DecodeString(q.Options.User.ID) // what is none is refused
	const edDSA, okp, ed25519Curve, carriesKey = -8, 1, 6, 0x40
	public := canonical(map[int]any{1: okp, 3: edDSA, -1: ed25519Curve, -2: []byte(p.key.Public().(ed25519.PublicKey))})
	data := append(p.data(carriesKey), make([]byte, 16)...) // a device that does not tell its make
	data = append(binary.BigEndian.AppendUint16(data, uint16(len(p.id))), p.id...)
	object := canonical(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": append(data, public...)})
	return p.answer(map[string]string{"clientDataJSON": raw64.EncodeToString(client("webauthn.create", q)), "attestationObject": raw64.EncodeToString(object)})
}

// sign answers a question at logging in.
func (p *phone) sign(q question) string {
	said, data := client("webauthn.get", q), p.data(0)
	sum := sha256.Sum256(said)
	return p.answer(map[string]string{"clientDataJSON": raw64.EncodeToString(said), "authenticatorData": raw64.EncodeToString(data),
		"signature": raw64.EncodeToString(ed25519.Sign(p.key, append(append([]byte(nil), data...), sum[:]...))), "userHandle": raw64.EncodeToString(p.holder)})
}

func canonical(v any) []byte {
	mode, err := cbor.CanonicalEncOptions().EncMode()
	if err == nil {
		var b []byte
		if b, err = mode.Marshal(v); err == nil {
			return b
		}
	}
	panic("prove: a device's answer: " + err.Error()) // maps of bytes and numbers
}

const period = 30 * time.Second // of an authenticator app

// digits is what an authenticator app shows at a time.
func digits(secret string, at time.Time) string {
	code, err := totp.GenerateCodeCustom(secret, at, totp.ValidateOpts{Period: uint(period.Seconds()), Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return "no secret" // is refused
	}
	return code
}

var (
	shownSecret  = regexp.MustCompile(`id="totp-secret">([A-Z2-7 ]+)<`)
	recoveryCode = regexp.MustCompile(`<code>([A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4})</code>`)
)
