package app

import (
	"crypto/ed25519"
	"fmt"
	"os"
	"path/filepath"

	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/platform/blob"
	"fenceplatform.com/fence/internal/platform/config"
	"fenceplatform.com/fence/internal/platform/tasks"
)

// openFiles opens the place where bytes of files are kept, and clears the one where they are looked at.
func openFiles(a *App, queue *tasks.Queue) (*files.Service, error) {
	store, err := blobs(a.settings)
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	spool := filepath.Join(a.settings.DataDir, "spool")
	if err := os.MkdirAll(spool, 0o700); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return files.NewService(files.Options{
		DB: a.db, Queue: queue, Blobs: store, Spool: spool, Site: a.Site, Key: fileAddresses(a.SealKey), Log: a.log,
	}), nil
}

func blobs(s config.Settings) (blob.Store, error) {
	if s.S3Endpoint == "" {
		return blob.OpenDir(filepath.Join(s.DataDir, "files"))
	}
	return blob.NewS3(blob.S3Options{Endpoint: s.S3Endpoint, Bucket: s.S3Bucket, Region: s.S3Region, AccessKey: s.S3AccessKey, SecretKey: s.S3SecretKey})
}

// fileAddresses is the key that addresses of files are signed with, the same on all replicas.
func fileAddresses(seal ed25519.PrivateKey) []byte { return derive(seal, "fence file addresses") }
