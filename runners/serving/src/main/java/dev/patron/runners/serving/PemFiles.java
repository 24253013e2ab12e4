package dev.patron.runners.serving;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.patron.pipelines.console.UsageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** TLS from the two files that certificate authorities hand out. */
final class PemFiles {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

  private PemFiles() {}

  /**
   * What a server needs to speak TLS.
   *
   * @throws UsageException if a file is missing or no PEM, or the two do not belong together
   */
  static SSLContext context(String certificate, String key) {
    try {
      Collection<? extends Certificate> chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(read("tlsCertificate", certificate)));
      if (chain.isEmpty()) {
        throw new UsageException("--tlsCertificate=" + certificate + " holds no certificate");
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("server", privateKey(key), new char[0], chain.toArray(Certificate[]::new));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new UsageException(
          "--tlsCertificate=%s and --tlsKey=%s: %s".formatted(certificate, key, e.getMessage()), e);
    }
  }

  private static PrivateKey privateKey(String file) throws GeneralSecurityException {
    Matcher pem = KEY.matcher(new String(read("tlsKey", file), US_ASCII));
    if (!pem.find()) {
      throw new UsageException(
          "--tlsKey="
              + file
              + " holds no '-----BEGIN PRIVATE KEY-----' (PKCS 8, not encrypted);"
              + " openssl pkcs8 -topk8 -nodes -in KEY -out FILE makes one");
    }
    PKCS8EncodedKeySpec spec;
    try {
      spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--tlsKey=" + file + " is damaged", e);
    }
    for (String algorithm : List.of("RSA", "EC")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException other) {
        // A key says itself what it is for, and the next factory may know it.
      }
    }
    throw new UsageException("--tlsKey=" + file + " is neither an RSA nor an EC key");
  }

  private static byte[] read(String option, String file) {
    try {
      return Files.readAllBytes(Path.of(file));
    } catch (IOException | InvalidPathException e) {
      throw new UsageException("--" + option + "=" + file + " cannot be read", e);
    }
  }
}
