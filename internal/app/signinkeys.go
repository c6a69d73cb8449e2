package app

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/platform/config"
)

// signInKeys are what access tokens are signed and authenticator secrets encrypted with. Both are derived from the
// seal key, so that replicas that seal alike also sign alike and there is one secret to keep. FENCE_TOKEN_KEYS takes
// the place of the derived access key: the first of several signs, the others only prove what they signed before.
func signInKeys(s config.Settings, seal ed25519.PrivateKey) (identity.Keys, error) {
	k := identity.Keys{Vault: derive(seal, "fence sign-in vault")}
	if s.TokenKeys == "" {
		k.Access = []identity.AccessKey{accessKey(derive(seal, "fence access tokens"))}
		return k, k.Check()
	}
	for text := range strings.SplitSeq(s.TokenKeys, ",") {
		secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil || len(secret) < sha256.Size {
			return k, fmt.Errorf("FENCE_TOKEN_KEYS: want keys of at least 32 bytes in base64, the signing one first, with commas between")
		}
		k.Access = append(k.Access, accessKey(secret))
	}
	if err := k.Check(); err != nil {
		return k, fmt.Errorf("FENCE_TOKEN_KEYS: %w", err)
	}
	return k, nil
}

// accessKey names a key by its hash, so that replicas agree on the name without being told one.
func accessKey(secret []byte) identity.AccessKey {
	sum := sha256.Sum256(append([]byte("fence key name "), secret...))
	return identity.AccessKey{ID: hex.EncodeToString(sum[:8]), Secret: secret}
}

func derive(seal ed25519.PrivateKey, use string) []byte {
	key, err := hkdf.Key(sha256.New, seal.Seed(), nil, use, sha256.Size)
	if err != nil {
		panic(err) // 32 bytes are within what SHA-256 can derive
	}
	return key
}
