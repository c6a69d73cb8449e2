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
		if text, err = keptSeed(filepath.Join(s.DataDir, sealKeyFile)); err != nil {
			return nil, err
		}
	}
	seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("FENCE_SEAL_KEY: want 32 bytes in base64")
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

func keptSeed(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err == nil {
		return string(b), nil
	}
	if !os.IsNotExist(err) {
		return "", fmt.Errorf("read the seal key: %w", err)
	}
	seed := make([]byte, ed25519.SeedSize)
	_, _ = rand.Read(seed) // never fails
	text := base64.StdEncoding.EncodeToString(seed)
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keep the seal key: %w", err)
	}
	return text, nil
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
