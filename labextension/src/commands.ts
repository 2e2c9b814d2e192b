/** Ids of our commands, apart from their implementations so that nothing imports in circles. */

export namespace CommandIDs {
  export const openCatalog = 'mesh:open-catalog';
  export const openProduct = 'mesh:open-product';
  export const openRun = 'mesh:open-run';
  export const openExecutedNotebook = 'mesh:open-executed-notebook';
  export const openVersionNotebook = 'mesh:open-version-notebook';
  export const openRunPage = 'mesh:open-run-page';
  export const insertQuery = 'mesh:insert-query';
  export const runProduct = 'mesh:run-product';
  export const rollbackProduct = 'mesh:rollback-product';
  export const deprecateProduct = 'mesh:deprecate-product';
  export const reinstateProduct = 'mesh:reinstate-product';
  export const moveSunset = 'mesh:move-sunset';
  export const renameProduct = 'mesh:rename-product';
  export const retireProduct = 'mesh:retire-product';
  export const openReview = 'mesh:open-review';
  export const copyName = 'mesh:copy-name';
  export const promote = 'mesh:promote';
  export const toggleParameters = 'mesh:toggle-parameters';
  export const showNotices = 'mesh:show-notices';
  export const readNotices = 'mesh:read-notices';
  export const noticeSettings = 'mesh:notice-settings';
  export const subscribe = 'mesh:subscribe';
  export const muteProduct = 'mesh:mute-product';
  export const acknowledgeChange = 'mesh:acknowledge-change';
  export const retryRun = 'mesh:retry-run';
  export const schedule = 'mesh:schedule';
  export const pause = 'mesh:pause';
  export const resume = 'mesh:resume';
  export const refresh = 'mesh:refresh';
  export const createDomain = 'mesh:create-domain';
  export const buildDemo = 'mesh:build-demo';
  export const explainName = 'mesh:explain-name';
  export const closeExplanation = 'mesh:close-explanation';
  export const startWorker = 'mesh:start-worker';
}
