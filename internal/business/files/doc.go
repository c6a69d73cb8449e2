// Package files keeps what people upload: rows of a record, bytes beside the database.
//
// Owns: files with their forms and blobs, what may be uploaded, what is made of pictures, how much of the plan's storage
// they take, signed addresses, the sweep. Does not own: records and who may see their files (fieldwork), where bytes lie
// (platform/blob), the host that serves them (ui/filehost).
//
// Words: a file is what somebody uploaded; its forms are the original, and of a picture the shown one, made anew without
// what the camera wrote into it, and the thumbnail. A blob is bytes by their hash, kept once for a company and used by
// forms.
//
// Invariants: in every transaction the level of storage is the bytes of blobs in use and what files have reserved. No
// byte is put anywhere before a row expects it, and none is deleted before its row says that it leaves; so whoever dies
// in between leaves something that a task finds. The network is asked outside of transactions. What a file is, its
// content says, and only the original is as it came.
//
// Lifecycle: reserved (room is taken) → stored → removed (an hour to bring it back) → gone. What is still reserved after
// a quarter of an hour is given back.
package files
