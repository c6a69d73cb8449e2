package cluster

import (
	"errors"
	"io/fs"
	"os/user"
	"strconv"
	"strings"
	"syscall"

	"fenceplatform.com/fence/internal/platform/fault"
)

// Codes of the refusals, for programs and tests.
const (
	CodeNotInstalled = "postgres-not-installed"
	CodeTooOld       = "postgres-too-old"
	CodeOtherMajor   = "postgres-other-major"
	CodeForeign      = "data-directory-foreign"
	CodeUnwritable   = "data-directory-unwritable"
	CodeUnreachable  = "data-directory-unreachable"
	CodeDiskFull     = "disk-full"
	CodeInUse        = "data-directory-in-use"
	CodeNotRunning   = "postgres-not-running"
	CodeSocketPath   = "socket-path-too-long"
	CodeSocketOwner  = "socket-directory-foreign"
	CodeNoAccount    = "no-account"
	CodeNoStart      = "postgres-does-not-start"
)

func refuse(code, format string, args ...any) *fault.Error {
	return fault.New(fault.Unavailable, code, format, args...)
}

func refuseForeign(dir string, uid uint32) *fault.Error {
	who := accountName(uid)
	return refuse(CodeForeign,
		"%s belongs to %s: start fence as that user, or choose another directory with FENCE_DATA_DIR.", dir, who)
}

func refuseDiskFull(dir string) *fault.Error {
	return refuse(CodeDiskFull, "The disk that holds %s is full: free some space there and start again.", dir)
}

// explain turns what the file system said about dir into a sentence.
func explain(dir string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return refuseDiskFull(dir).Because(err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOTDIR):
		return refuse(CodeUnwritable,
			"%s cannot be written: give it to %s, or choose another directory with FENCE_DATA_DIR.",
			dir, accountName(currentUID())).Because(err)
	}
	return refuse(CodeUnwritable, "%s cannot be used for data: choose another directory with FENCE_DATA_DIR.", dir).Because(err)
}

// explainOutput turns what a program of PostgreSQL printed, in English because we set its locale, into
// a sentence. logs is where the rest can be read.
func explainOutput(dir, logs, output string, err error) error {
	cause := errors.Join(err, errors.New(strings.TrimSpace(output)))
	complaint := lastComplaint(output)
	if tellsOfFullDisk(output) || complaint == "" && noRoom(dir) {
		return refuseDiskFull(dir).Because(cause)
	}
	if complaint == "" {
		complaint = "it ended without a word"
	}
	return refuse(CodeNoStart, "PostgreSQL does not start: %s. More is in %s.", complaint, logs).Because(cause)
}

// tellsOfFullDisk also knows the message of a write that the disk took only in part.
func tellsOfFullDisk(output string) bool {
	return strings.Contains(output, "No space left on device") ||
		strings.Contains(output, "Disk quota exceeded") ||
		strings.Contains(output, "wrote only")
}

// noRoom tells whether dir's disk has less room than one segment of the write-ahead log. On a full disk
// PostgreSQL cannot even write why it ends.
func noRoom(dir string) bool {
	var disk syscall.Statfs_t
	return syscall.Statfs(dir, &disk) == nil && disk.Bavail*uint64(disk.Bsize) < 16<<20
}

// lastComplaint is the message of the last error in the output of a PostgreSQL program, if any.
func lastComplaint(output string) string {
	last := ""
	for line := range strings.Lines(output) {
		for _, mark := range []string{"FATAL:", "PANIC:", "error:"} {
			if _, message, found := strings.Cut(line, mark); found {
				last = strings.TrimRight(strings.TrimSpace(message), ".")
			}
		}
	}
	return last
}

func accountName(uid uint32) string {
	id := strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(id); err == nil {
		return "user " + u.Username
	}
	return "user id " + id
}
