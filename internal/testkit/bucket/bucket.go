// Package bucket starts an S3 of this machine over a folder, with a bucket in it.
//
// Owns: the server's life. Does not own: what is kept in it, and how one speaks to it (platform/blob).
package bucket

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Server is an S3 that runs, and how its bucket is opened.
type Server struct {
	Endpoint, Bucket, Region, AccessKey, SecretKey string
	// Folder is where the bytes lie, for tests that look behind it.
	Folder  string
	process *exec.Cmd
}

// Start starts one on a port of its own, and stops it with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	program := filepath.Join(root(t), "bin", "tools", "versitygw")
	if _, err := os.Stat(program); err != nil {
		t.Fatal("no S3 to test with: make bin/tools/versitygw")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s := &Server{Endpoint: "http://" + address, Bucket: "files", Region: "us-east-1", AccessKey: "fence", SecretKey: "four posts and a gate", Folder: t.TempDir()}
	// Its metadata lie beside the files: not every file system of a test has extended attributes.
	s.process = exec.Command(program, "--quiet", "--port", address, "posix", "--sidecar", t.TempDir(), s.Folder)
	s.process.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+s.AccessKey, "ROOT_SECRET_KEY="+s.SecretKey)
	var said bytes.Buffer
	s.process.Stdout, s.process.Stderr = &said, &said
	s.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	client, err := minio.New(address, &minio.Options{Creds: credentials.NewStaticV4(s.AccessKey, s.SecretKey, ""), Region: s.Region})
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; {
		err := client.MakeBucket(t.Context(), s.Bucket, minio.MakeBucketOptions{})
		if err == nil {
			return s
		}
		if time.Now().After(end) {
			t.Fatalf("the S3 does not answer: %v\n%s", err, said.String())
		}
		time.Sleep(50 * time.Millisecond) // it has no other way to say that it listens
	}
}

// Stop ends the server, as if its machine were gone. Safe twice.
func (s *Server) Stop() {
	_ = s.process.Process.Kill() // it may be gone
	_ = s.process.Wait()         // it was killed
}

// root is the repository's folder.
func root(t testing.TB) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for folder != filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		folder = filepath.Dir(folder)
	}
	t.Fatal("outside of the repository")
	return ""
}
