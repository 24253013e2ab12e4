package dev.patron.runners.serving;

import dev.patron.pipelines.options.HorizonOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** Where scores are served, to whom, and within which limits. */
public interface ServeOptions extends HorizonOptions {

  /** The port. */
  @Description("The port to listen on; 0 takes a free one and says which.")
  @Default.Integer(8080)
  int getPort();

  void setPort(int port);

  /** The address. */
  @Description(
      "The address to listen on. Anything but this machine's own (127.0.0.1, ::1, localhost) needs"
          + " a --token and TLS.")
  @Default.String("127.0.0.1")
  String getHost();

  void setHost(String host);

  /** The bearer token, by reference. */
  @Description(
      "The bearer token that clients must send, as a reference: '${NAME}' reads the environment,"
          + " '${file:PATH}' a mounted secret.")
  @Nullable String getToken();

  void setToken(@Nullable String token);

  /** The certificate. */
  @Description("PEM file with the TLS certificate and the chain behind it; with --tlsKey.")
  @Nullable String getTlsCertificate();

  void setTlsCertificate(@Nullable String file);

  /** The private key. */
  @Description("PEM file with the certificate's private key (PKCS 8, not encrypted).")
  @Nullable String getTlsKey();

  void setTlsKey(@Nullable String file);

  /** Whether somebody else does TLS. */
  @Description("TLS ends at a proxy before this server, so that it may listen without.")
  @Default.Boolean(false)
  boolean getBehindProxy();

  void setBehindProxy(boolean behind);

  /** How often to look for new champions. */
  @Description("Seconds between looks for another champion or newer features.")
  @Default.Integer(5)
  int getReloadSeconds();

  void setReloadSeconds(int seconds);

  /** The largest body. */
  @Description("The largest request body, in megabytes.")
  @Default.Integer(10)
  int getMaxBodyMegabytes();

  void setMaxBodyMegabytes(int megabytes);

  /** The longest that a request may take to arrive. */
  @Description("Seconds within which a request must have arrived whole.")
  @Default.Integer(30)
  int getRequestSeconds();

  void setRequestSeconds(int seconds);

  /** The most connections. */
  @Description("The most connections at a time; more wait until one is closed.")
  @Default.Integer(1000)
  int getMaxConnections();

  void setMaxConnections(int connections);
}
