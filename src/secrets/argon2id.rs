//! One hash of a password, in memory that is kept for the next one.
//!
//! Taken from the allocator and given back each time, 19 MiB for a hash leave holes that a few
//! small things make too small for the next one: a server that was flooded held 15 of them.

use argon2::password_hash::{Output, Salt, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, PasswordHash, Version};

use super::token::random_bytes;
use crate::domain::{Error, Result};

/// What a thread hashes in: nothing at first, then as much as one hash takes.
#[derive(Default)]
pub struct Memory(Vec<Block>);

impl Memory {
    fn of(&mut self, params: &Params) -> &mut [Block] {
        self.0.resize(params.block_count(), Block::default());
        &mut self.0
    }
}

/// Hashes with a fresh salt: a PHC string of about 97 characters.
pub fn hash(argon2: &Argon2<'_>, password: &str, memory: &mut Memory) -> Result<String> {
    let salt = new_salt()?;
    let output = run(argon2, password, salt.as_salt(), memory)?;
    Ok(phc(argon2, &salt, output)?.to_string())
}

/// Whether the password belongs to the hash, whose own cost it takes.
///
/// # Errors
/// When the hash is not one of argon2, or not whole.
pub fn verifies(password: &str, hash: &PasswordHash<'_>, memory: &mut Memory) -> Result<bool> {
    let (Some(salt), Some(expected)) = (hash.salt, hash.hash) else {
        return Err(Error::broken("password hash: without a salt or a sum"));
    };
    let algorithm = Algorithm::try_from(hash.algorithm).map_err(failed)?;
    let version = hash.version.map(Version::try_from).transpose();
    let version = version
        .map_err(|cause| failed(cause.into()))?
        .unwrap_or_default();
    let params = Params::try_from(hash).map_err(failed)?;
    let theirs = Argon2::new(algorithm, version, params);
    // Outputs are compared in constant time.
    Ok(run(&theirs, password, salt, memory)? == expected)
}

/// Random bytes in the shape of a hash: it takes as long to verify as any other of that cost,
/// and nothing hashes to it.
pub fn of_nobody(argon2: &Argon2<'_>) -> Result<String> {
    let output = Output::new(&random_bytes::<32>()).map_err(failed)?;
    Ok(phc(argon2, &new_salt()?, output)?.to_string())
}

fn run(argon2: &Argon2<'_>, password: &str, salt: Salt<'_>, memory: &mut Memory) -> Result<Output> {
    let params = argon2.params();
    let mut bytes = [0; Salt::MAX_LENGTH];
    let salt = salt.decode_b64(&mut bytes).map_err(failed)?;
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    Output::init_with(length, |out| {
        let memory = memory.of(params);
        Ok(argon2.hash_password_into_with_memory(password.as_bytes(), salt, out, memory)?)
    })
    .map_err(failed)
}

fn phc<'a>(argon2: &Argon2<'_>, salt: &'a SaltString, output: Output) -> Result<PasswordHash<'a>> {
    Ok(PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: argon2.params().try_into().map_err(failed)?,
        salt: Some(salt.as_salt()),
        hash: Some(output),
    })
}

fn new_salt() -> Result<SaltString> {
    SaltString::encode_b64(&random_bytes::<16>()).map_err(failed)
}

/// What the library says, as an error of ours.
pub(super) fn failed(cause: argon2::password_hash::Error) -> Error {
    Error::broken(format!("password hash: {cause}"))
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordHasher, PasswordVerifier};

    use super::*;

    fn of(memory_kib: u32, passes: u32) -> Argon2<'static> {
        let params = Params::new(memory_kib, passes, 1, None).unwrap();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }

    #[test]
    fn what_is_made_in_used_memory_is_what_the_library_makes() {
        let mut memory = Memory::default();
        // From large to small and back: what is left of another hash changes nothing.
        for (memory_kib, passes) in [(256, 2), (64, 1), (64, 3), (512, 1)] {
            let argon2 = of(memory_kib, passes);
            let ours = hash(&argon2, "a lamp by the door", &mut memory).unwrap();
            let read = PasswordHash::new(&ours).unwrap();
            argon2
                .verify_password(b"a lamp by the door", &read)
                .unwrap();
            let salt = new_salt().unwrap();
            let theirs = argon2.hash_password(b"another lamp", &salt).unwrap();
            assert!(verifies("another lamp", &theirs, &mut memory).unwrap());
            assert!(!verifies("a lamp", &theirs, &mut memory).unwrap());
        }
    }

    #[test]
    fn half_a_hash_is_an_error() {
        let hash = PasswordHash::new("$argon2id$v=19$m=64,t=1,p=1").unwrap();
        assert!(verifies("anything", &hash, &mut Memory::default()).is_err());
    }
}
