package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/ui/assets"
)

// project is where things are in the tree.
type project struct {
	root    string
	client  string
	pages   string // folder in whose subfolders pages keep their style sheets
	modules string
	dist    string
	notice  string
}

func projectAt(root string) project {
	client := filepath.Join(root, "client")
	return project{
		root:    root,
		client:  client,
		pages:   filepath.Join(root, "internal", "ui"),
		modules: filepath.Join(client, "node_modules"),
		dist:    filepath.Join(root, "internal", "ui", "assets", "dist"),
		notice:  filepath.Join(root, "NOTICE"),
	}
}

// lockStamp is written into node_modules after a complete installation and holds the lock's digest.
// npm's own marker changes only when npm thinks so, and modification times do not survive a clone.
const lockStamp = ".lock-digest"

// installPackages runs npm ci when node_modules was not made from the lock file as it is now.
func (p project) installPackages() error {
	lock, err := os.ReadFile(filepath.Join(p.client, "package-lock.json"))
	if err != nil {
		return err
	}
	stamp := filepath.Join(p.modules, lockStamp)
	want := digestOf(lock)
	if have, err := os.ReadFile(stamp); err == nil && string(have) == want {
		return nil
	}
	// Scripts of packages are not run: nothing that we use needs one.
	cmd := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = p.client
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci in %s: %w\n%s", p.client, err, out)
	}
	return os.WriteFile(stamp, []byte(want), 0o644)
}

// inputs is the digest of everything that a build is made from. What is in node_modules is named by the lock.
func (p project) inputs() (string, error) {
	files, err := p.inputFiles()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		name, err := filepath.Rel(p.root, file)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s %d\n", filepath.ToSlash(name), len(content))
		sum.Write(content)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// inputFiles lists the files of client/, the style sheets beside the pages and this command's own source.
func (p project) inputFiles() ([]string, error) {
	var files []string
	collect := func(dir string, wanted func(name string) bool) error {
		return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "node_modules" || path == p.dist):
				return filepath.SkipDir
			case !d.IsDir() && wanted(d.Name()):
				files = append(files, path)
			}
			return nil
		})
	}
	any := func(string) bool { return true }
	err := errors.Join(
		collect(p.client, any),
		collect(p.pages, func(name string) bool { return strings.HasSuffix(name, ".css") }),
		collect(filepath.Join(p.root, "cmd", "assets"), any),
	)
	slices.Sort(files)
	return files, err
}

// upToDate tells whether dist was made from these inputs and is complete.
func (p project) upToDate(digest string) bool {
	raw, err := os.ReadFile(filepath.Join(p.dist, assets.ManifestFile))
	if err != nil {
		return false
	}
	var m assets.Manifest
	if json.Unmarshal(raw, &m) != nil || m.Inputs != digest {
		return false
	}
	for _, hashed := range m.Files {
		if _, err := os.Stat(filepath.Join(p.dist, assets.PublicFolder, hashed)); err != nil {
			return false
		}
	}
	for _, name := range []string{assets.IconsFile, assets.ZIPFile, assets.PasswordsFile, assets.DisposableFile, assets.FontFile(400)} {
		if _, err := os.Stat(filepath.Join(p.dist, filepath.FromSlash(name))); err != nil {
			return false
		}
	}
	return true
}

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
