/** The plugins of the mesh workbench: one line each. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { cellsPlugin } from './cells';
import { connectionPlugin } from './connection';
import { noticesPlugin } from './notices';
import { parametersPlugin } from './parameters';
import { productPlugin } from './product';
import { promotePlugin } from './promote';
import { queryPlugin } from './query';
import { reviewsPlugin } from './reviews';
import { schedulePlugin } from './schedule';
import { sidebarPlugin } from './sidebar';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  connectionPlugin,
  sidebarPlugin,
  productPlugin,
  queryPlugin,
  cellsPlugin,
  parametersPlugin,
  promotePlugin,
  noticesPlugin,
  reviewsPlugin,
  schedulePlugin
];

export default plugins;
