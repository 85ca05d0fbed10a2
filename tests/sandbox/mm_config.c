/* The client configuration, as a server 11.6 without a licence has it after the setup of the
 * recordings, and what else it tells about itself. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

struct setting {
    const char *key;
    const char *value;
    bool open; /* told before login too */
};

static const struct setting settings[] = {
    {"AboutLink", "https://mattermost.com/pl/about-mattermost", true},
    {"AllowBannerDismissal", "false", false},
    {"AllowCustomThemes", "true", false},
    {"AllowDownloadLogs", "true", true},
    {"AllowPersistentNotifications", "true", false},
    {"AllowPersistentNotificationsForGuests", "false", false},
    {"AllowSyncedDrafts", "true", false},
    {"AllowedThemes", "", false},
    {"AndroidAppDownloadLink", "https://mattermost.com/pl/android-app/", true},
    {"AndroidLatestVersion", "", true},
    {"AndroidMinVersion", "", true},
    {"AppDownloadLink", "https://mattermost.com/pl/download-apps", true},
    {"AppsPluginEnabled", "false", true},
    {"AsymmetricSigningPublicKey", "", true},
    {"AvailableLocales", "", false},
    {"BannerColor", "", false},
    {"BannerText", "", false},
    {"BannerTextColor", "", false},
    {"BuildDate", "", true},
    {"BuildEnterpriseReady", "", true},
    {"BuildHash", "", true},
    {"BuildHashEnterprise", "", true},
    {"BuildNumber", "", true},
    {"BurnOnReadDurationSeconds", "600", false},
    {"BurnOnReadMaximumTimeToLiveSeconds", "604800", false},
    {"CWSMock", "", false},
    {"CWSURL", "https://customers.mattermost.com", true},
    {"CollapsedThreads", "always_on", false},
    {"CustomBrandText", "", true},
    {"CustomDescriptionText", "", true},
    {"CustomUrlSchemes", "", false},
    {"DataRetentionEnableFileDeletion", "false", false},
    {"DataRetentionEnableMessageDeletion", "false", false},
    {"DataRetentionFileRetentionHours", "0", false},
    {"DataRetentionMessageRetentionHours", "0", false},
    {"DefaultClientLocale", "en", true},
    {"DefaultTheme", "", false},
    {"DelayChannelAutocomplete", "false", false},
    {"DeleteAccountLink", "", false},
    {"DiagnosticId", "sandboxsandboxsandboxsandb", true},
    {"DiagnosticsEnabled", "false", true},
    {"DisableAppBar", "false", false},
    {"DisableRefetchingOnBrowserFocus", "false", false},
    {"DisableWakeUpReconnectHandler", "false", false},
    {"EmailLoginButtonBorderColor", "#2389D7", true},
    {"EmailLoginButtonColor", "#0000", true},
    {"EmailLoginButtonTextColor", "#2389D7", true},
    {"EmailNotificationContentsType", "full", false},
    {"EnableAskCommunityLink", "true", true},
    {"EnableAttributeBasedAccessControl", "false", false},
    {"EnableBanner", "false", false},
    {"EnableBotAccountCreation", "true", true},
    {"EnableBurnOnRead", "true", false},
    {"EnableChannelViewedMessages", "true", false},
    {"EnableClientMetrics", "true", true},
    {"EnableClientPerformanceDebugging", "false", false},
    {"EnableCluster", "false", false},
    {"EnableCommands", "true", false},
    {"EnableCompliance", "false", false},
    {"EnableComplianceExport", "false", true},
    {"EnableConfirmNotificationsToChannel", "true", false},
    {"EnableCrossTeamSearch", "true", false},
    {"EnableCustomBrand", "false", true},
    {"EnableCustomEmoji", "true", true},
    {"EnableCustomGroups", "false", false},
    {"EnableCustomUserStatuses", "true", false},
    {"EnableDesktopLandingPage", "true", true},
    {"EnableDeveloper", "false", false},
    {"EnableDiagnostics", "false", true},
    {"EnableEmailBatching", "false", false},
    {"EnableEmailInvitations", "true", false},
    {"EnableEmojiPicker", "true", false},
    {"EnableExperimentalLocales", "false", false},
    {"EnableFile", "true", true},
    {"EnableFileAttachments", "true", false},
    {"EnableGifPicker", "true", false},
    {"EnableGuestAccounts", "false", true},
    {"EnableGuestMagicLink", "false", true},
    {"EnableIncomingWebhooks", "true", false},
    {"EnableInlineLatex", "true", false},
    {"EnableJoinLeaveMessageByDefault", "true", true},
    {"EnableLastActiveTime", "true", false},
    {"EnableLatex", "true", false},
    {"EnableLdap", "false", true},
    {"EnableLinkPreviews", "true", false},
    {"EnableMarketplace", "true", false},
    {"EnableMetrics", "false", false},
    {"EnableMobileFileDownload", "true", false},
    {"EnableMobileFileUpload", "true", false},
    {"EnableMultifactorAuthentication", "false", true},
    {"EnableOAuthServiceProvider", "true", false},
    {"EnableOnboardingFlow", "true", false},
    {"EnableOpenServer", "true", true},
    {"EnableOutgoingOAuthConnections", "false", false},
    {"EnableOutgoingWebhooks", "true", false},
    {"EnablePermalinkPreviews", "true", false},
    {"EnablePostIconOverride", "true", false},
    {"EnablePostUsernameOverride", "true", false},
    {"EnablePreviewModeBanner", "true", false},
    {"EnablePublicLink", "false", false},
    {"EnableSVGs", "true", false},
    {"EnableSaml", "false", true},
    {"EnableSignInWithEmail", "true", true},
    {"EnableSignInWithUsername", "true", true},
    {"EnableSignUpWithEmail", "true", true},
    {"EnableSignUpWithGoogle", "false", true},
    {"EnableSignUpWithOffice365", "false", true},
    {"EnableSignUpWithOpenId", "false", true},
    {"EnableTesting", "false", false},
    {"EnableThemeSelection", "true", false},
    {"EnableTutorial", "true", false},
    {"EnableUserAccessTokens", "true", false},
    {"EnableUserCreation", "true", true},
    {"EnableUserDeactivation", "false", false},
    {"EnableUserManagedAttributes", "false", false},
    {"EnableUserStatuses", "true", true},
    {"EnableUserTypingMessages", "true", false},
    {"EnforceMultifactorAuthentication", "false", true},
    {"ExperimentalChannelCategorySorting", "false", false},
    {"ExperimentalEnableAuthenticationTransfer", "true", false},
    {"ExperimentalEnableAutomaticReplies", "false", false},
    {"ExperimentalEnableDefaultChannelLeaveJoinMessages", "true", false},
    {"ExperimentalEnablePostMetadata", "true", false},
    {"ExperimentalGroupUnreadChannels", "disabled", false},
    {"ExperimentalPrimaryTeam", "", false},
    {"ExperimentalSharedChannels", "false", false},
    {"ExperimentalTimezone", "true", false},
    {"ExtendSessionLengthWithActivity", "false", false},
    {"FeatureFlagAppsEnabled", "false", true},
    {"FeatureFlagAttributeBasedAccessControl", "true", true},
    {"FeatureFlagAutoTranslation", "true", true},
    {"FeatureFlagBurnOnRead", "true", true},
    {"FeatureFlagCJKSearch", "false", true},
    {"FeatureFlagChannelBookmarks", "true", true},
    {"FeatureFlagCloudAnnualRenewals", "false", true},
    {"FeatureFlagCloudDedicatedExportUI", "false", true},
    {"FeatureFlagCloudIPFiltering", "false", true},
    {"FeatureFlagConsumePostHook", "false", true},
    {"FeatureFlagContentFlagging", "true", true},
    {"FeatureFlagCustomProfileAttributes", "true", true},
    {"FeatureFlagDeprecateCloudFree", "false", true},
    {"FeatureFlagEnableAIPluginBridge", "false", true},
    {"FeatureFlagEnableAIRecaps", "false", true},
    {"FeatureFlagEnableExportDirectDownload", "false", true},
    {"FeatureFlagEnableMattermostEntry", "true", true},
    {"FeatureFlagEnableRemoteClusterService", "false", true},
    {"FeatureFlagEnableSharedChannelsDMs", "false", true},
    {"FeatureFlagEnableSharedChannelsMemberSync", "false", true},
    {"FeatureFlagEnableSharedChannelsPlugins", "true", true},
    {"FeatureFlagEnableSyncAllUsersForRemoteCluster", "false", true},
    {"FeatureFlagExperimentalAuditSettingsSystemConsoleUI", "true", true},
    {"FeatureFlagExperimentalCrossTeamSearch", "true", false},
    {"FeatureFlagInteractiveDialogAppsForm", "true", true},
    {"FeatureFlagMobileSSOCodeExchange", "false", true},
    {"FeatureFlagMoveThreadsEnabled", "false", true},
    {"FeatureFlagNormalizeLdapDNs", "false", true},
    {"FeatureFlagNotificationMonitoring", "true", true},
    {"FeatureFlagOnboardingTourTips", "true", true},
    {"FeatureFlagPermalinkPreviews", "false", true},
    {"FeatureFlagStreamlinedMarketplace", "true", true},
    {"FeatureFlagTestBoolFeature", "false", true},
    {"FeatureFlagTestFeature", "off", true},
    {"FeatureFlagWebSocketEventScope", "true", true},
    {"FeatureFlagWysiwygEditor", "false", true},
    {"FileLevel", "INFO", true},
    {"ForgotPasswordLink", "", true},
    {"GiphySdkKey", "", false},
    {"GoogleDeveloperKey", "", false},
    {"GuestAccountsEnforceMultifactorAuthentication", "false", true},
    {"HasImageProxy", "false", true},
    {"HelpLink", "https://mattermost.com/pl/help/", true},
    {"HideGuestTags", "false", true},
    {"InstallationDate", "1795364100407", false},
    {"IosAppDownloadLink", "https://mattermost.com/pl/ios-app/", true},
    {"IosLatestVersion", "", true},
    {"IosMinVersion", "", true},
    {"IsDefaultMarketplace", "true", false},
    {"IsFipsEnabled", "false", true},
    {"LdapFirstNameAttributeSet", "false", false},
    {"LdapLastNameAttributeSet", "false", false},
    {"LdapLoginButtonBorderColor", "", true},
    {"LdapLoginButtonColor", "", true},
    {"LdapLoginButtonTextColor", "", true},
    {"LdapLoginFieldName", "", true},
    {"LdapNicknameAttributeSet", "false", false},
    {"LdapPictureAttributeSet", "false", false},
    {"LdapPositionAttributeSet", "false", false},
    {"LockTeammateNameDisplay", "false", false},
    {"ManagedResourcePaths", "", false},
    {"MaxFileSize", "104857600", false},
    {"MaxMarkdownNodes", "0", false},
    {"MaxNotificationsPerChannel", "1000", false},
    {"MaxPostSize", "16383", false},
    {"MinimumHashtagLength", "3", false},
    {"MobileExternalBrowser", "false", true},
    {"NoAccounts", "false", true},
    {"OpenIdButtonColor", "", true},
    {"OpenIdButtonText", "", true},
    {"PasswordEnableForgotLink", "true", true},
    {"PasswordMinimumLength", "8", true},
    {"PasswordRequireLowercase", "false", true},
    {"PasswordRequireNumber", "false", true},
    {"PasswordRequireSymbol", "false", true},
    {"PasswordRequireUppercase", "false", true},
    {"PersistentNotificationIntervalMinutes", "5", false},
    {"PersistentNotificationMaxCount", "6", false},
    {"PersistentNotificationMaxRecipients", "5", false},
    {"PluginsEnabled", "false", true},
    {"PostEditTimeLimit", "-1", false},
    {"PostPriority", "true", false},
    {"PrivacyPolicyLink", "https://mattermost.com/pl/privacy-policy/", true},
    {"ReportAProblemLink", "https://mattermost.com/pl/report-a-bug", true},
    {"ReportAProblemMail", "", true},
    {"ReportAProblemType", "default", true},
    {"RequireEmailVerification", "false", false},
    {"RestrictDirectMessage", "any", false},
    {"RunJobs", "true", false},
    {"SQLDriverName", "postgres", false},
    {"SamlFirstNameAttributeSet", "false", false},
    {"SamlLastNameAttributeSet", "false", false},
    {"SamlLoginButtonBorderColor", "", true},
    {"SamlLoginButtonColor", "", true},
    {"SamlLoginButtonText", "", true},
    {"SamlLoginButtonTextColor", "", true},
    {"SamlNicknameAttributeSet", "false", false},
    {"SamlPositionAttributeSet", "false", false},
    {"SchemaVersion", "159", false},
    {"SendEmailNotifications", "false", false},
    {"SendPushNotifications", "false", false},
    {"ServiceEnvironment", "production", true},
    {"ShowEmailAddress", "true", false},
    {"ShowFullName", "true", false},
    {"SiteName", "Mattermost", true},
    {"SiteURL", "", true},
    {"SupportEmail", "", true},
    {"TeammateNameDisplay", "username", false},
    {"TelemetryId", "sandboxsandboxsandboxsandb", true},
    {"TermsOfServiceLink", "https://mattermost.com/pl/terms-of-use/", true},
    {"TimeBetweenUserTypingUpdatesMilliseconds", "5000", false},
    {"UniqueEmojiReactionLimitPerPost", "50", false},
    {"UpgradedFromTE", "false", false},
    {"UseAnonymousURLs", "false", false},
    {"UsersStatusAndProfileFetchingPollIntervalMilliseconds", "3000", false},
    {"Version", "11.6.0", true},
    {"WebsocketPort", "80", true},
    {"WebsocketSecurePort", "443", true},
    {"WebsocketURL", "", true},
    {"WranglerAllowedEmailDomain", "", false},
    {"WranglerMoveThreadFromDirectMessageChannelEnable", "false", false},
    {"WranglerMoveThreadFromGroupMessageChannelEnable", "false", false},
    {"WranglerMoveThreadFromPrivateChannelEnable", "false", false},
    {"WranglerMoveThreadMaxCount", "100", false},
    {"WranglerMoveThreadToAnotherTeamEnable", "false", false},
    {"WranglerPermittedWranglerRoles", "", false},
    {"YoutubeReferrerPolicy", "false", false},
};

void
mm_config_init(struct mm_server *server)
{
    server->config = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++)
        g_hash_table_insert(server->config, g_strdup(settings[i].key), g_strdup(settings[i].value));
}

const char *
mm_config(struct mm_server *server, const char *key)
{
    const char *value = g_hash_table_lookup(server->config, key);

    g_assert_nonnull(value); /* a test named a setting that 11.6 does not have */
    return value;
}

void
mm_config_set(struct mm_server *server, const char *key, const char *value)
{
    struct mm_target target = {NULL};
    JsonObject *data = json_object_new();

    mm_config(server, key);
    g_hash_table_insert(server->config, g_strdup(key), g_strdup(value));
    g_clear_pointer(&server->version_id, g_free);
    mm_set_object(data, "config", mm_config_json(server, true));
    mm_emit(server, "config_changed", data, &target);
}

JsonObject *
mm_config_json(struct mm_server *server, bool whole)
{
    JsonObject *object = json_object_new();

    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        if (whole || settings[i].open)
            mm_set(object, settings[i].key, mm_config(server, settings[i].key));
    }
    if (!whole)
        mm_set(object, "CWSURL", "");
    return object;
}

const char *
mm_version_id(struct mm_server *server)
{
    if (server->version_id)
        return server->version_id;
    JsonObject *whole = mm_config_json(server, true);
    g_autofree char *text = mm_object_text(whole);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

    json_object_unref(whole);
    server->version_id = g_strdup_printf("%s..%s.false", MM_VERSION, hash);
    return server->version_id;
}

/* ---- requests ---- */

static void
get_ping(struct mm_request *request)
{
    static const char *const empty[] = {"AndroidLatestVersion", "AndroidMinVersion",
                                        "IosLatestVersion", "IosMinVersion"};
    JsonObject *object = json_object_new();

    for (size_t i = 0; i < G_N_ELEMENTS(empty); i++)
        mm_set(object, empty[i], "");
    mm_set(object, "ActiveSearchBackend", "database");
    mm_set(object, "status", "OK");
    mm_reply_object(request, 200, object);
}

static void
get_config(struct mm_request *request)
{
    mm_reply_object(request, 200, mm_config_json(request->server, request->user != NULL));
}

static void
get_license(struct mm_request *request)
{
    JsonObject *object = NULL;

    if (g_strcmp0(mm_query(request, "format"), "old") != 0) {
        mm_fail(request, 400, "api.license.client.old_format.app_error",
                "New format for the client license is not supported yet. Please specify format=old "
                "in the query string.");
        return;
    }
    object = json_object_new();
    mm_set(object, "IsLicensed", "false");
    mm_reply_object(request, 200, object);
}

static void
get_limits(struct mm_request *request)
{
    static const char *const limits[] = {"maxUsersLimit",           "maxUsersHardLimit",
                                         "activeUserCount",         "singleChannelGuestCount",
                                         "singleChannelGuestLimit", "postHistoryLimit",
                                         "lastAccessiblePostTime"};
    JsonObject *object = json_object_new();

    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++)
        mm_set_int(object, limits[i], 0);
    mm_reply_object(request, 200, object);
}

/* ---- what needs a licence, or an admin ---- */

static void
post_schedule(struct mm_request *request)
{
    mm_fail(request, 400, "api.scheduled_posts.license_error",
            "Scheduled posts feature requires a license");
}

static void
post_ack(struct mm_request *request)
{
    mm_fail(request, 501, "<untranslated>", "<untranslated>");
}

static void
get_bookmarks(struct mm_request *request)
{
    mm_fail(request, 501, "api.channel.bookmark.channel_bookmark.license.error",
            "Your license does not support channel bookmarks.");
}

static void
get_whole_config(struct mm_request *request)
{
    mm_fail_permissions(request);
}

const struct mm_route mm_system_routes[] = {
    {"POST", "posts/schedule", post_schedule, 0},
    {"POST", "users/:user/posts/:post/ack", post_ack, 0},
    {"GET", "channels/:channel/bookmarks", get_bookmarks, 0},
    {"GET", "config", get_whole_config, 0},
    {"GET", "system/ping", get_ping, MM_OPEN},
    {"GET", "config/client", get_config, MM_OPEN},
    {"GET", "license/client", get_license, MM_OPEN},
    {"GET", "limits/server", get_limits, 0},
    {NULL, NULL, NULL, 0},
};
