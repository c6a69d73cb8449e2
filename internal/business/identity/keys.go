package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"fenceplatform.com/fence/internal/platform/id"
)

// Keys are the secrets that the database does not hold.
type Keys struct {
	Access []AccessKey // the first signs, all prove: a replaced one stays until its last token is too old
	Vault  []byte      // secrets that are needed as they are get encrypted, and recovery codes hashed, with what is derived from it
}

// AccessKey signs the access tokens of programs. Its ID travels with each token.
type AccessKey struct {
	ID     string
	Secret []byte
}

const keyBytes = 32

// Check refuses keys that would sign or encrypt badly.
func (k Keys) Check() error {
	if len(k.Access) == 0 || len(k.Vault) != keyBytes {
		return errors.New("keys of sign-in: want an access key and 32 bytes for the vault")
	}
	seen := map[string]bool{}
	for _, a := range k.Access {
		if a.ID == "" || len(a.ID) > 40 || len(a.Secret) < keyBytes {
			return fmt.Errorf("access key %q: want a name of 1 to 40 characters and at least 32 bytes", a.ID)
		}
		if seen[a.ID] {
			return fmt.Errorf("access key %q is named twice", a.ID)
		}
		seen[a.ID] = true
	}
	return nil
}

// ownKeys are a process's own: nobody knows them, and what they signed dies with the process.
func ownKeys() Keys {
	b := make([]byte, 2*keyBytes)
	_, _ = rand.Read(b) // never fails
	return Keys{Access: []AccessKey{{ID: "own", Secret: b[:keyBytes]}}, Vault: b[keyBytes:]}
}

// UseKeys has the service sign and encrypt with the keys that all replicas share. Before requests only.
func (s *Service) UseKeys(k Keys) error {
	if err := k.Check(); err != nil {
		return err
	}
	s.keys = k
	return nil
}

// derived is a key of its own for each use, so that none can stand for another.
func (k Keys) derived(use string) []byte {
	key, err := hkdf.Key(sha256.New, k.Vault, nil, "fence identity "+use, keyBytes)
	if err != nil {
		panic(err) // 32 bytes are within what SHA-256 can derive
	}
	return key
}

// What is encrypted, each with a key of its own.
const (
	authenticator  = "authenticator"
	clientSecret   = "client secret"
	operatorSecret = "operator"
)

// seal encrypts what is stored of a person, or of the organization as a whole when the person is Nil. Both are
// authenticated with it: moved to another row it does not open.
func (k Keys) seal(use string, org, person id.ID, plain []byte) ([]byte, error) {
	aead, err := k.aead(use)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return aead.Seal(nonce, nonce, plain, owner(org, person)), nil
}

func (k Keys) open(use string, org, person id.ID, sealed []byte) ([]byte, error) {
	aead, err := k.aead(use)
	if err != nil {
		return nil, err
	}
	if len(sealed) < aead.NonceSize() {
		return nil, errors.New("sealed secret is cut off")
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], owner(org, person))
	if err != nil {
		return nil, fmt.Errorf("sealed secret: %w", err)
	}
	return plain, nil
}

func (k Keys) aead(use string) (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.derived(use))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// hashCode is what is stored of a recovery code: too short for a plain hash, so it takes the key to try one.
func (k Keys) hashCode(org, person id.ID, code string) []byte {
	mac := hmac.New(sha256.New, k.derived("recovery"))
	mac.Write(owner(org, person))
	mac.Write([]byte(code))
	return mac.Sum(nil)
}

// Operators are the same keys for the platform's own operators, who belong to no organization.
func (k Keys) Operators() OperatorKeys { return OperatorKeys{k} }

// OperatorKeys encrypts what is stored of an operator.
type OperatorKeys struct{ keys Keys }

// Seal encrypts a secret of an operator.
func (o OperatorKeys) Seal(operator id.ID, plain []byte) ([]byte, error) {
	return o.keys.seal(operatorSecret, id.Nil, operator, plain)
}

// Open decrypts it again.
func (o OperatorKeys) Open(operator id.ID, sealed []byte) ([]byte, error) {
	return o.keys.open(operatorSecret, id.Nil, operator, sealed)
}

func owner(org, person id.ID) []byte { return append(org[:], person[:]...) }
