package app

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/platform/blob"
	"fenceplatform.com/fence/internal/platform/config"
	"fenceplatform.com/fence/internal/platform/tasks"
)

// openFiles opens the place where bytes of files are kept, and clears the one where they are looked at.
func openFiles(a *App, queue *tasks.Queue) (*files.Service, error) {
	store, err := Blobs(a.settings)
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	spool := filepath.Join(a.settings.DataDir, "spool")
	if err := errors.Join(os.MkdirAll(spool, 0o700), files.ClearSpool(spool, time.Now())); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return files.NewService(files.Options{
		DB: a.db, Queue: queue, Blobs: store, Spool: spool, Site: a.Site, Key: fileAddresses(a.SealKey), Log: a.log,
	}), nil
}

// Blobs opens the place where bytes of files are kept: a bucket that is not there is found at its first use.
func Blobs(s config.Settings) (blob.Store, error) {
	if s.S3Endpoint == "" {
		return blob.OpenDir(filepath.Join(s.DataDir, "files"))
	}
	return blob.NewS3(blob.S3Options{Endpoint: s.S3Endpoint, Bucket: s.S3Bucket, Region: s.S3Region, AccessKey: s.S3AccessKey, SecretKey: s.S3SecretKey})
}

// fileAddresses is the key that addresses of files are signed with, the same on all replicas.
func fileAddresses(seal ed25519.PrivateKey) []byte { return derive(seal, "fence file addresses") }
