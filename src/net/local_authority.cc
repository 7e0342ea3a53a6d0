#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <set>

#include "base/file_descriptor.h"
#include "net/tls.h"

namespace owlet::net {
namespace {

namespace fs = std::filesystem;

constexpr long kDay = 24 * 60 * 60;
constexpr long kAuthorityDays = 3650;
// What browsers and Apple's clients take at most.
constexpr long kCertificateDays = 397;
constexpr long kRenewBeforeDays = 30;

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

struct KeyedCertificate {
  Certificate certificate{nullptr, X509_free};
  Key key{nullptr, EVP_PKEY_free};
};

Error Failed(std::string_view what) {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return {.reason = Reason::kInternal,
          .message = "cannot make a certificate (" + std::string(what) + "): " + text.data()};
}

bool IsAddress(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> parsed;
  return inet_pton(AF_INET, name.c_str(), parsed.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), parsed.data()) == 1;
}

bool AddExtension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  if (extension == nullptr) return false;
  const bool added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

/// Without `issuer` it signs itself, as an authority.
Result<KeyedCertificate> Make(const std::string& common_name, long days,
                              const std::vector<std::string>& names,
                              const KeyedCertificate* issuer) {
  KeyedCertificate made;
  made.key.reset(EVP_EC_gen("P-256"));
  made.certificate.reset(X509_new());
  X509* certificate = made.certificate.get();
  if (certificate == nullptr || made.key == nullptr) return Fail(Failed("key"));
  std::array<unsigned char, 16> serial{};
  if (RAND_bytes(serial.data(), static_cast<int>(serial.size())) != 1) {
    return Fail(Failed("serial number"));
  }
  serial[0] &= 0x7f;
  BIGNUM* number = BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
  X509_set_version(certificate, X509_VERSION_3);
  // A day back: clocks of clients may be behind.
  X509_gmtime_adj(X509_getm_notBefore(certificate), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate), days * kDay);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  X509* signer = issuer != nullptr ? issuer->certificate.get() : certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(signer));
  bool good = AddExtension(certificate, signer, NID_subject_key_identifier, "hash") &&
              AddExtension(certificate, signer, NID_authority_key_identifier, "keyid:always");
  if (issuer == nullptr) {
    good = good &&
           AddExtension(certificate, signer, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
           AddExtension(certificate, signer, NID_key_usage, "critical,keyCertSign,cRLSign");
  } else {
    std::string alternatives;
    for (const std::string& name : names) {
      if (!alternatives.empty()) alternatives += ',';
      alternatives += (IsAddress(name) ? "IP:" : "DNS:") + name;
    }
    good = good && AddExtension(certificate, signer, NID_basic_constraints, "critical,CA:FALSE") &&
           AddExtension(certificate, signer, NID_key_usage, "critical,digitalSignature") &&
           AddExtension(certificate, signer, NID_ext_key_usage, "serverAuth") &&
           AddExtension(certificate, signer, NID_subject_alt_name, alternatives);
  }
  EVP_PKEY* signing_key = issuer != nullptr ? issuer->key.get() : made.key.get();
  if (!good || X509_sign(certificate, signing_key, EVP_sha256()) == 0) {
    return Fail(Failed("signature"));
  }
  return made;
}

Result<File> OpenToWrite(const fs::path& path, mode_t mode) {
  FileDescriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!file.valid() || fchmod(file.get(), mode) != 0) return Fail(FileError(errno, "write", path));
  return File(fdopen(file.Release(), "w"), std::fclose);
}

Status WriteKey(const fs::path& path, EVP_PKEY* key) {
  OWLET_TRY(const File file, OpenToWrite(path, S_IRUSR | S_IWUSR));
  if (PEM_write_PrivateKey(file.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1) return {};
  return Fail(Failed("write the key"));
}

Status WriteCertificate(const fs::path& path, X509* certificate) {
  OWLET_TRY(const File file, OpenToWrite(path, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH));
  if (PEM_write_X509(file.get(), certificate) == 1) return {};
  return Fail(Failed("write the certificate"));
}

/// Empty halves where a file is not there or cannot be read.
KeyedCertificate Read(const fs::path& certificate, const fs::path& key) {
  KeyedCertificate read;
  if (const File file(std::fopen(certificate.c_str(), "re"), std::fclose); file != nullptr) {
    read.certificate.reset(PEM_read_X509(file.get(), nullptr, nullptr, nullptr));
  }
  if (const File file(std::fopen(key.c_str(), "re"), std::fclose); file != nullptr) {
    read.key.reset(PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr));
  }
  ERR_clear_error();
  return read;
}

std::string AddressText(const ASN1_OCTET_STRING* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = ASN1_STRING_length(address) == sizeof(in_addr) ? AF_INET : AF_INET6;
  inet_ntop(family, ASN1_STRING_get0_data(address), text.data(), text.size());
  return text.data();
}

std::set<std::string> NamesOf(X509* certificate) {
  std::set<std::string> names;
  auto* list = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(list); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(list, i);
    if (name->type == GEN_DNS) {
      names.emplace(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                    static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    } else if (name->type == GEN_IPADD) {
      names.insert(AddressText(name->d.iPAddress));
    }
  }
  GENERAL_NAMES_free(list);
  return names;
}

bool IsGoodFor(X509* certificate, long days) {
  std::time_t then = std::time(nullptr) + days * kDay;
  return X509_cmp_time(X509_get0_notAfter(certificate), &then) > 0;
}

/// Whether `server` still serves: by this authority, for these names, for another while.
bool Serves(const KeyedCertificate& server, const KeyedCertificate& authority,
            const std::vector<std::string>& names) {
  return server.certificate != nullptr && server.key != nullptr &&
         IsGoodFor(server.certificate.get(), kRenewBeforeDays) &&
         X509_verify(server.certificate.get(), authority.key.get()) == 1 &&
         NamesOf(server.certificate.get()) == std::set<std::string>(names.begin(), names.end());
}

}  // namespace

Result<LocalAuthority> EnsureLocalAuthority(const fs::path& folder,
                                            const std::vector<std::string>& names) {
  OWLET_CHECK_OK(MakeFolder(folder));
  const fs::path authority_key = folder / "ca.key";
  const LocalAuthority files{.authority = folder / "ca.pem",
                             .certificate = folder / "server.pem",
                             .key = folder / "server.key"};
  KeyedCertificate authority = Read(files.authority, authority_key);
  if (authority.certificate == nullptr || authority.key == nullptr ||
      !IsGoodFor(authority.certificate.get(), kRenewBeforeDays)) {
    OWLET_TRY(authority, Make("owlet's local authority", kAuthorityDays, {}, nullptr));
    OWLET_CHECK_OK(WriteKey(authority_key, authority.key.get()));
    OWLET_CHECK_OK(WriteCertificate(files.authority, authority.certificate.get()));
  }
  if (Serves(Read(files.certificate, files.key), authority, names)) return files;
  ERR_clear_error();
  OWLET_TRY(const KeyedCertificate server, Make("owlet", kCertificateDays, names, &authority));
  OWLET_CHECK_OK(WriteKey(files.key, server.key.get()));
  OWLET_CHECK_OK(WriteCertificate(files.certificate, server.certificate.get()));
  return files;
}

}  // namespace owlet::net
