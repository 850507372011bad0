// Faye (Bayeux) as it comes, with a hold of 5 s instead of 45.
import faye from 'faye';
import { bareServer, listen } from './listen.js';

const bayeux = new faye.NodeAdapter({ mount: '/bayeux', timeout: 5 });
const server = bareServer();
bayeux.attach(server);
listen(server);
