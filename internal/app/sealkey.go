package app

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"fenceplatform.com/fence/internal/platform/config"
)

const sealKeyFile = "seal.key"

// sealKey is what signed quotes are sealed with: the configured seed, or one kept in the data folder.
func sealKey(s config.Settings) (ed25519.PrivateKey, error) {
	text := s.SealKey
	if text == "" {
		var err error
		if text, err = kept(filepath.Join(s.DataDir, sealKeyFile)); err != nil {
			return nil, fmt.Errorf("seal key: %w", err)
		}
	}
	seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("FENCE_SEAL_KEY: want 32 bytes in base64")
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// kept is a secret of 32 bytes in base64 that lies in a file, made when there is none.
func kept(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err == nil || !os.IsNotExist(err) {
		return string(b), err
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	text := base64.StdEncoding.EncodeToString(secret)
	return text, os.WriteFile(path, []byte(text+"\n"), 0o600)
}

// OwnSealKey is the public half of this installation's key, without making one.
func OwnSealKey(s config.Settings) (ed25519.PublicKey, error) {
	if s.SealKey == "" {
		b, err := os.ReadFile(filepath.Join(s.DataDir, sealKeyFile))
		if err != nil {
			return nil, err
		}
		s.SealKey = string(b)
	}
	key, err := sealKey(s)
	if err != nil {
		return nil, err
	}
	return key.Public().(ed25519.PublicKey), nil
}

// showSealKey answers the public half, so that anybody can prove a signed quote offline.
func (a *App) showSealKey(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = fmt.Fprintln(w, base64.StdEncoding.EncodeToString(a.SealKey.Public().(ed25519.PublicKey))) // the client may be gone
}
