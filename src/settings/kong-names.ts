/** Names of Kong's settings that have no effect here, so that a Kong file is read without errors but not in silence. */

const names = `
admin_access_log admin_api_uri admin_emails_from admin_emails_reply_to admin_error_log admin_gui_access_log
admin_gui_api_url admin_gui_auth admin_gui_auth_conf admin_gui_auth_header admin_gui_csp_header admin_gui_error_log
admin_gui_listen admin_gui_path admin_gui_session_conf admin_gui_ssl_cert admin_gui_ssl_cert_key admin_gui_url
admin_invitation_expiry admin_ssl_cert admin_ssl_cert_key ai_mcp_listener_enabled analytics_buffer_size_limit
analytics_debug analytics_flush_interval anonymous_reports audit_log client_body_buffer_size client_ssl client_ssl_cert
client_ssl_cert_key cluster_allowed_common_names cluster_ca_cert cluster_cert cluster_cert_key cluster_cjson
cluster_control_plane cluster_data_plane_purge_delay cluster_dp_labels cluster_listen cluster_max_payload cluster_mtls
cluster_ocsp cluster_rpc cluster_rpc_sync cluster_server_name cluster_use_proxy consumers_mem_cache_size
custom_plugin_streaming_enabled database db_cache_neg_ttl db_cache_ttl db_cache_warmup_entities db_resurrect_ttl
db_update_frequency db_update_propagation debug_access_log debug_error_log debug_listen debug_listen_local
debug_ssl_cert debug_ssl_cert_key dedicated_config_processing dns_cache_size dns_error_ttl dns_hostsfile dns_no_sync
dns_not_found_ttl dns_order dns_resolver dns_stale_ttl dns_valid_ttl enforce_rbac enforce_route_path_pattern
error_template_html error_template_json error_template_plain error_template_xml event_hooks_enabled fips host_ports
identity_service incremental_sync kic konnect_mode lmdb_environment_path lmdb_map_size lru_cache_size lua_gc_tuning
lua_max_post_args lua_max_req_headers lua_max_resp_headers lua_max_uri_args lua_package_cpath lua_package_path
lua_socket_pool_size lua_ssl_protocols lua_ssl_trusted_certificate lua_ssl_verify_depth mem_cache_size new_dns_client
openresty_path pdk_response_exit_header_filter_early_exit pluginserver_names port_maps prefix proxy_access_log
proxy_error_log proxy_server proxy_server_ssl_verify proxy_stream_access_log proxy_stream_error_log proxy_url
rbac_auth_header request_debug request_debug_token resolver_address resolver_error_ttl resolver_family
resolver_hosts_file resolver_lru_cache_size resolver_mem_cache_size resolver_stale_ttl resolver_valid_ttl role
route_match_calculation route_validation_strategy schema_alias_conflict_mode ssl_cipher_suite ssl_ciphers ssl_dhparam
ssl_prefer_server_ciphers ssl_protocols ssl_session_cache_size ssl_session_tickets ssl_session_timeout
status_access_log status_error_log status_ssl_cert status_ssl_cert_key stream_listen tracing_instrumentations
tracing_sampling_rate untrusted_lua untrusted_lua_sandbox_environment untrusted_lua_sandbox_requires vaults
vaults_lazy_load_secrets via_header_comply_rfc worker_events_max_payload worker_state_update_frequency
`
const kongNames = new Set(names.split(/\s+/).filter((name) => name !== ''))

/** Beginnings of names that Kong passes on to Nginx, a vault or a part of itself. */
const kongPrefix =
  /^(admin_gui|analytics|audit_log|cluster_fallback|cluster_telemetry|keyring|nginx|opentelemetry|pg|pluginserver|smtp|vault|wasm)(_|$)/

const replacements: Readonly<Record<string, string>> = {
  nginx_http_large_client_header_buffers: 'client_header_max_size',
  nginx_http_client_header_buffer_size: 'client_header_max_size',
  nginx_http_client_header_timeout: 'client_header_timeout',
  nginx_http_client_body_timeout: 'client_body_timeout',
  nginx_http_keepalive_timeout: 'keepalive_timeout',
}

/** Whether Kong knows a setting of this name. */
export function isKongName(name: string): boolean {
  return kongNames.has(name) || kongPrefix.test(name)
}

/** The setting that does here what this one does in Kong, if its name differs. */
export function replacementOf(name: string): string | null {
  return Object.hasOwn(replacements, name) ? (replacements[name] ?? null) : null
}
